using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rally.Sandbox.OAuth;

namespace Rally.Sandbox.DiscordServer.Rest;

/// <summary>Signing in with Discord: the page, and the exchange of a code; GET /users/@me then knows the token.</summary>
internal sealed class OAuthRoutes(AuthorizationDesk desk, Func<IReadOnlyList<SandboxEntry>> people)
{
    public const string AuthorizePath = "/oauth2/authorize";
    public const string TokenPath = RestPipeline.Root + "/oauth2/token";

    public void Map(IEndpointRouteBuilder app)
    {
        new AuthorizePage("Discord", desk, people).Map(app, AuthorizePath);
        app.MapPost(TokenPath, (Delegate)ExchangeAsync);
    }

    private async Task<IResult> ExchangeAsync(HttpContext http) =>
        desk.Exchange(await OAuthRequest.FieldsAsync(http.Request)) switch
        {
            AuthorizationDesk.Outcome.Issued issued => Results.Json(new
            {
                token_type = "Bearer",
                access_token = issued.AccessToken,
                expires_in = (long)desk.TokenLifetime.TotalSeconds,
                refresh_token = issued.RefreshToken,
                scope = issued.Scope,
            }),
            AuthorizationDesk.Outcome.WrongClient => Results.Json(new { error = "invalid_client" }, statusCode: 401),
            AuthorizationDesk.Outcome.WrongGrantType => Results.Json(new { error = "unsupported_grant_type", error_description = "Invalid \"grant_type\" in request." }, statusCode: 400),
            _ => Results.Json(new { error = "invalid_grant", error_description = "Invalid \"code\" in request." }, statusCode: 400),
        };
}
