using Microsoft.AspNetCore.Http;

namespace Rally.Auth.Server;

/// <summary>GET /.well-known/oauth-authorization-server (RFC 8414).</summary>
internal sealed class MetadataEndpoint(Issuer issuer, ScopeCatalog scopes)
{
    private static readonly string[] ResponseTypes = ["code"];
    private static readonly string[] ResponseModes = ["query"];
    private static readonly string[] ClientAuthMethods = ["client_secret_basic", "client_secret_post", "none"];

    public IResult Handle(HttpContext context)
    {
        var self = issuer.Of(context.Request);
        return OAuthJson.Ok(context.Response, new
        {
            Issuer = self,
            AuthorizationEndpoint = self + Paths.Authorize,
            TokenEndpoint = self + Paths.Token,
            RevocationEndpoint = self + Paths.Revoke,
            UserinfoEndpoint = self + Paths.UserInfo,
            ScopesSupported = scopes.All.Select(scope => scope.Name),
            ResponseTypesSupported = ResponseTypes,
            ResponseModesSupported = ResponseModes,
            GrantTypesSupported = GrantType.All,
            CodeChallengeMethodsSupported = new[] { Pkce.Method },
            TokenEndpointAuthMethodsSupported = ClientAuthMethods,
            RevocationEndpointAuthMethodsSupported = ClientAuthMethods,
            AuthorizationResponseIssParameterSupported = true,
            AuthorizationDetailsTypesSupported = new[] { IdentityLink.Type },
        });
    }
}
