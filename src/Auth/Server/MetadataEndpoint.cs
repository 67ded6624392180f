using Microsoft.AspNetCore.Http;
using Rally.Auth.Server.Keys;

namespace Rally.Auth.Server;

/// <summary>
/// GET /.well-known/oauth-authorization-server (RFC 8414) and /.well-known/openid-configuration (OpenID Connect
/// Discovery, 3): one document.
/// </summary>
internal sealed class MetadataEndpoint(Issuer issuer, ScopeCatalog scopes)
{
    private static readonly string[] ResponseTypes = ["code"];
    private static readonly string[] ResponseModes = ["query"];
    private static readonly string[] SubjectTypes = ["public"];
    private static readonly string[] Claims =
        ["sub", "iss", "aud", "azp", "iat", "exp", "auth_time", "nonce", "at_hash", "preferred_username", "username", "rnbUserId"];
    private static readonly string[] ClientAuthMethods = ["client_secret_basic", "client_secret_post", "none"];

    public IResult Handle(HttpContext context)
    {
        var self = issuer.Of(context.Request);
        return OAuthJson.Ok(context.Response, new
        {
            Issuer = self,
            AuthorizationEndpoint = self + Paths.Authorize,
            PushedAuthorizationRequestEndpoint = self + Paths.PushedRequest,
            TokenEndpoint = self + Paths.Token,
            DeviceAuthorizationEndpoint = self + Paths.DeviceAuthorization,
            RevocationEndpoint = self + Paths.Revoke,
            IntrospectionEndpoint = self + Paths.Introspect,
            UserinfoEndpoint = self + Paths.UserInfo,
            JwksUri = self + Paths.Jwks,
            ScopesSupported = scopes.ForAnyApp.Select(scope => scope.Name),
            ResponseTypesSupported = ResponseTypes,
            ResponseModesSupported = ResponseModes,
            GrantTypesSupported = GrantType.All,
            CodeChallengeMethodsSupported = new[] { Pkce.Method },
            TokenEndpointAuthMethodsSupported = ClientAuthMethods,
            RevocationEndpointAuthMethodsSupported = ClientAuthMethods,
            IntrospectionEndpointAuthMethodsSupported = ClientAuthMethods.Except(["none"]),
            AuthorizationResponseIssParameterSupported = true,
            SubjectTypesSupported = SubjectTypes,
            IdTokenSigningAlgValuesSupported = SigningAlgorithm.All,
            DpopSigningAlgValuesSupported = SigningAlgorithm.All,
            ClaimsSupported = Claims,
            PromptValuesSupported = Prompt.All,
            ClaimsParameterSupported = false,
            RequestParameterSupported = false,
            // Any client's own address, that is; what it pushed here is taken.
            RequestUriParameterSupported = false,
            AuthorizationDetailsTypesSupported = new[] { IdentityLink.Type, AuthorizationDetails.SpendingLimitType },
        });
    }
}
