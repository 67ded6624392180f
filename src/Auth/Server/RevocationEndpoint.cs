using Microsoft.AspNetCore.Http;

namespace Rally.Auth.Server;

/// <summary>POST /oauth2/revoke (RFC 7009).</summary>
internal sealed class RevocationEndpoint(ClientAuthentication clients, RevokeToken revoke)
{
    public async Task<IResult> HandleAsync(HttpContext context)
    {
        var form = await Parameters.OfFormAsync(context.Request);
        if (form is null)
            return OAuthJson.Error(context.Response, OAuthError.InvalidRequest("The body must be a form (application/x-www-form-urlencoded)."));
        if (form.AnyRepeated)
            return OAuthJson.Error(context.Response, OAuthError.Repeated);
        var (client, error) = await clients.AuthenticateAsync(context.Request, form, context.RequestAborted);
        error ??= client is null ? OAuthError.InvalidClient : await revoke.ExecuteAsync(client, form, context.RequestAborted);
        return error is null ? Results.Ok() : OAuthJson.Error(context.Response, error);
    }
}
