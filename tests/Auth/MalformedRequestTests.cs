using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Logging;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

public sealed class MalformedRequestTests
{
    private const int Requests = 2_000;

    private static readonly string[] Paths =
    [
        "/oauth2/authorize", "/oauth2/token", "/oauth2/par", "/oauth2/device_authorization", "/device", "/oauth2/revoke", "/oauth2/introspect", "/oauth2/userinfo", "/oauth2/jwks",
        "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/consent", "/sign-in", "/sign-up", "/sign-out",
        "/account", "/account/apps", "/account/revoke", "/account/sessions/end", "/account/sessions/end-others", "/account/password", "/auth.css",
        "/account/links", "/account/links/remove", "/account/links/move", "/account/links/wallet", "/account/links/wallet/signature",
        "/account/email", "/confirm-email", "/forgot-password", "/reset-password", "/operator", "/operator/setup", "/operator/lock",
        "/operator/unlock", "/sign-in/code", "/account/second-factor", "/sign-in/passkey", "/account/passkeys", "/account/passkeys/add",
        "/account/passkeys/rename", "/account/passkeys/remove", "/account/prove", "/account/prove/passkey", "/account/export",
        "/account/delete", "/operator/signing-keys",
        "/v1/oauth/register", "/v1/oauth/refresh", "/v1/oauth/authorize", "/v1/oauth/userinfo",
        "/v1/users/rally/00000000000000000000000000000000/userinfo", "/api/accounts/x", "/api/accounts", "/api/accounts/x/links",
    ];

    private static readonly string[] Names =
    [
        "client_id", "client_secret", "redirect_uri", "response_type", "response_mode", "scope", "state", "code_challenge",
        "code_challenge_method", "authorization_details", "grant_type", "code", "code_verifier", "refresh_token", "token",
        "session", "ticket", "key", "credential", "passkey", "name", "account", "q", "new-password", "email", "who", "action", "returnUrl", "request", "request_uri", "prompt", "user_code", "device_code", "max_age", "nonce", "asked_at", "username", "password",
        "decision", "provider", "subject", "to", "address", "message", "signature", "done", "__RequestVerificationToken", "", "é",
    ];

    private static readonly string[] Values =
    [
        "", " ", "bot", AuthServer.BotSecret, AuthServer.Callback, "code", "query", "profile", "profile  balances:read", "S256", "plain",
        "authorization_code", "refresh_token", "client_credentials", "urn:ietf:params:oauth:grant-type:device_code", "BCDF-GHJK",
        OAuthApp.IdentityLink, "alice", AuthServer.Password, "allow", "move", "discord",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "%00", "%", "%ff%fe", "%ed%a0%80", "%F0%9F%92%B0", "\0", "[", "[[[[[[[[",
        "[{\"type\":1}]", "{\"type\":\"identity_link\"}", "null", "[null]", "-1", "99999999999999999999", "' OR 1=1 --", "<script>", "//x", "none", "login",
        "/oauth2/authorize?client_id=bot&redirect_uri=%", "?client_id=bot&client_id=bot", new string('a', 3000),
    ];

    private static readonly string[] ContentTypes =
    [
        "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-7", "application/x-www-form-urlencoded; charset=nonsense",
        "application/json", "multipart/form-data", "multipart/form-data; boundary=x", "text/plain",
    ];

    [Theory, EachEngine]
    public async Task Nothing_that_is_sent_breaks_the_server(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        await server.MakeOperatorAsync("alice");
        using var browser = server.OpenBrowser();
        await browser.SignInAsync(await browser.OpenAsync("/sign-in"));
        var session = browser.Cookies.GetCookieHeader(server.Address);
        // The same requests on every run, so that what breaks can be found again.
        var random = new Random(20261121);
        for (var i = 0; i < Requests; i++)
        {
            using var request = Make(random, session);
            var sent = $"{i}: {request} {(request.Content is null ? "" : Encoding.UTF8.GetString(await request.Content.ReadAsByteArrayAsync()))}";
            using var response = await server.Http.SendAsync(request);
            Assert.True((int)response.StatusCode < 500, $"{(int)response.StatusCode} to {sent}");
        }

        Assert.DoesNotContain(server.Logs.Lines, line => line.Level >= LogLevel.Error);
    }

    private static HttpRequestMessage Make(Random random, string session)
    {
        var path = Pick(random, Paths);
        var post = random.Next(2) == 0;
        var request = new HttpRequestMessage(post ? HttpMethod.Post : HttpMethod.Get, post ? path : $"{path}?{Fields(random)}");
        if (random.Next(2) == 0)
            request.Headers.TryAddWithoutValidation("Cookie", random.Next(4) == 0 ? session[..^9] : session);
        if (random.Next(3) == 0)
            request.Headers.TryAddWithoutValidation("Authorization", Authorization(random));
        if (post)
        {
            request.Content = new StringContent(Fields(random), Encoding.UTF8);
            request.Content.Headers.ContentType = random.Next(3) == 0
                ? MediaTypeHeaderValue.Parse(Pick(random, ContentTypes))
                : new MediaTypeHeaderValue(ContentTypes[0]);
        }

        return request;
    }

    private static string Authorization(Random random) => random.Next(4) switch
    {
        0 => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Pick(random, Values)}:{Pick(random, Values)}")),
        1 => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"bot:{AuthServer.BotSecret}")),
        2 => "Basic " + Uri.EscapeDataString(Pick(random, Values)),
        _ => "Bearer " + Uri.EscapeDataString(Pick(random, Values)),
    };

    private static string Fields(Random random)
    {
        var fields = Enumerable.Range(0, random.Next(10))
            .Select(_ => (Name: Pick(random, Names), Value: Pick(random, Values)))
            .Select(field => $"{Uri.EscapeDataString(field.Name)}={(random.Next(3) == 0 ? Raw(field.Value) : Uri.EscapeDataString(field.Value))}");
        // Most random requests would stop at the client; these go on.
        var start = random.Next(2) == 0 ? $"client_id=bot&redirect_uri={Uri.EscapeDataString(AuthServer.Callback)}&" : "";
        return start + string.Join('&', fields);
    }

    // Percent signs as they are, so that broken escapes arrive.
    private static string Raw(string value) => Uri.EscapeDataString(value).Replace("%25", "%", StringComparison.Ordinal);

    private static T Pick<T>(Random random, T[] from) => from[random.Next(from.Length)];
}
