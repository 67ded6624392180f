using Microsoft.AspNetCore.Http;

namespace Rally.Auth.Server;

/// <summary>POST /oauth2/introspect (RFC 7662), for clients that can prove who they are (2.1).</summary>
internal sealed class IntrospectionEndpoint(ClientAuthentication clients, IntrospectToken introspect, Issuer issuer)
{
    public async Task<IResult> HandleAsync(HttpContext context)
    {
        var (client, form, error) = await clients.ReadAsync(context);
        if (client is { IsPublic: true })
            error = OAuthError.InvalidClient;
        else if (form?["token"] is null)
            error ??= OAuthError.InvalidRequest("token is required.");
        return error is null
            ? OAuthJson.Ok(context.Response, await introspect.ExecuteAsync(
                issuer.Of(context.Request), client!, form!["token"]!, context.RequestAborted))
            : OAuthJson.Error(context.Response, error);
    }
}
