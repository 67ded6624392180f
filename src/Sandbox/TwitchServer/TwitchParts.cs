using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Rally.Sandbox.OAuth;

namespace Rally.Sandbox.TwitchServer;

/// <summary>
/// As much of Twitch as signing in needs: the page and the exchange of id.twitch.tv, and Helix's Get Users. The people are
/// those of the Discord server, under ids of their own.
/// </summary>
/// <param name="people">Those who have an account: Discord id and name.</param>
internal sealed class TwitchParts(Func<IReadOnlyList<SandboxEntry>> people, TimeProvider time)
{
    public const string AuthorizePath = "/twitch/oauth2/authorize";
    public const string TokenPath = "/twitch/oauth2/token";
    public const string UsersPath = "/twitch/helix/users";
    private const ulong FirstId = 141_000_000;

    public AuthorizationDesk Desk { get; } = new("sandboxtwitchapp00000000000000", TimeSpan.FromHours(4), checksVerifier: false, time);

    public void Map(WebApplication app)
    {
        new AuthorizePage("Twitch", Desk, Users).Map(app, AuthorizePath);
        app.MapPost(TokenPath, (Delegate)ExchangeAsync);
        app.MapGet(UsersPath, GetUsers);
    }

    private async Task<IResult> ExchangeAsync(HttpContext http) =>
        Desk.Exchange(await OAuthRequest.FieldsAsync(http.Request)) switch
        {
            AuthorizationDesk.Outcome.Issued issued => Results.Json(new
            {
                access_token = issued.AccessToken,
                expires_in = (long)Desk.TokenLifetime.TotalSeconds,
                refresh_token = issued.RefreshToken,
                scope = issued.Scope.Split(' ', StringSplitOptions.RemoveEmptyEntries),
                token_type = "bearer",
            }),
            AuthorizationDesk.Outcome.WrongClient => Fault(403, "invalid client secret"),
            AuthorizationDesk.Outcome.WrongGrantType => Fault(400, "invalid grant type"),
            _ => Fault(400, "Invalid authorization code"),
        };

    private IResult GetUsers(HttpContext http)
    {
        if (Desk.FindUser(OAuthRequest.Bearer(http.Request)) is not { } id)
            return Unauthorized("Invalid OAuth token");
        if (http.Request.Headers["Client-Id"] != Desk.ClientId)
            return Unauthorized("Client ID and OAuth token do not match");
        var found = Users().Where(user => user.Id == id).Select(user => new
        {
            id = $"{user.Id}",
            login = user.Name,
            display_name = user.Name,
            type = "",
            broadcaster_type = "",
            description = "",
        });
        return Results.Json(new { data = found });
    }

    // Twitch numbers accounts by itself; the order of the Discord ids keeps these the same over restarts.
    private SandboxEntry[] Users() => [.. people().Select((person, i) => new SandboxEntry(FirstId + (ulong)i, person.Name))];

    private static IResult Fault(int status, string message) => Results.Json(new { status, message }, statusCode: status);

    private static IResult Unauthorized(string message) => Results.Json(new { error = "Unauthorized", status = 401, message }, statusCode: 401);
}
