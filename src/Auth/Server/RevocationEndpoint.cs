using Microsoft.AspNetCore.Http;

namespace Rally.Auth.Server;

/// <summary>POST /oauth2/revoke (RFC 7009).</summary>
internal sealed class RevocationEndpoint(ClientAuthentication clients, RevokeToken revoke)
{
    public async Task<IResult> HandleAsync(HttpContext context)
    {
        var (client, form, error) = await clients.ReadAsync(context);
        error ??= await revoke.ExecuteAsync(client!, form!, context.RequestAborted);
        return error is null ? Results.Ok() : OAuthJson.Error(context.Response, error);
    }
}
