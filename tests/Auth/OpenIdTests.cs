using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Rally.Auth.Apps;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

public sealed class OpenIdTests
{
    private const string Scopes = "openid profile";

    [Theory, EachEngine]
    public async Task An_id_token_says_who_signed_in_when_and_for_whom(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var alice = await server.CreateAccountAsync();
        foreach (var algorithm in new[] { "RS256", "ES256" })
        {
            await server.RegisterAsync(AuthServer.Bot with { IdTokenAlgorithm = algorithm });
            var app = new OAuthApp(server);
            using var browser = server.OpenBrowser();
            var signedInAt = WholeSeconds(server.Clock.GetUtcNow());
            var code = await app.ObtainCodeAsync(browser, ("scope", Scopes), ("nonce", "n 0?&é"));
            server.Clock.Advance(TimeSpan.FromSeconds(30));
            var answer = await app.RedeemAsync(code);
            Assert.Equal("openid profile", answer.Json.GetProperty("scope").GetString());
            var token = await IdToken.ReadAsync(server, answer);
            Assert.Equal((algorithm, "JWT"), (token.Header.GetProperty("alg").GetString(), token.Header.GetProperty("typ").GetString()));
            Assert.Equal(server.Address.GetLeftPart(UriPartial.Authority), token.Text("iss"));
            Assert.Equal((alice.ToString(), "bot", "bot", "n 0?&é"), (token.Text("sub"), token.Text("aud"), token.Text("azp"), token.Text("nonce")));
            Assert.Equal(signedInAt, token.Time("auth_time"));
            Assert.Equal(signedInAt.AddSeconds(30), token.Time("iat"));
            Assert.Equal(token.Time("iat") + TimeSpan.FromMinutes(10), token.Time("exp"));
            Assert.Equal(Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(answer.AccessToken)).AsSpan(0, 16)), token.Text("at_hash"));

            server.Clock.Jump(TimeSpan.FromDays(3));
            var refreshed = await app.RefreshAsync(answer.RefreshToken);
            var next = await IdToken.ReadAsync(server, refreshed);
            Assert.Equal((alice.ToString(), "bot", signedInAt), (next.Text("sub"), next.Text("aud"), next.Time("auth_time")));
            Assert.False(next.Claims.TryGetProperty("nonce", out _));
            var less = await app.RefreshAsync(refreshed.RefreshToken, ("scope", "profile"));
            Assert.False(less.Json.TryGetProperty("id_token", out _));
        }
    }

    [Fact]
    public async Task Without_openid_there_is_no_id_token_and_without_profile_no_name()
    {
        await using var server = await AuthServer.StartAsync();
        var (app, plain) = await RefreshTests.SignedInAppAsync(server);
        Assert.False(plain.Json.TryGetProperty("id_token", out _));
        using var browser = server.OpenBrowser();
        var bare = await app.RedeemAsync(await app.ObtainCodeAsync(browser, ("scope", "openid")));
        var claims = await OAuthApp.ReadAsync(await app.CallAsync("/oauth2/userinfo", bare.AccessToken));
        Assert.Equal(["sub"], claims.EnumerateObject().Select(claim => claim.Name));
        Assert.Equal((await IdToken.ReadAsync(server, bare)).Text("sub"), claims.GetProperty("sub").GetString());

        using var posted = new HttpRequestMessage(HttpMethod.Post, "/oauth2/userinfo");
        posted.Headers.Authorization = new AuthenticationHeaderValue("Bearer", plain.AccessToken);
        var named = await OAuthApp.ReadAsync(await server.Http.SendAsync(posted));
        Assert.Equal("alice", named.GetProperty("preferred_username").GetString());
        var other = await app.RedeemAsync(await app.ObtainCodeAsync(browser, ("scope", "balances:read")));
        Assert.Equal(HttpStatusCode.Forbidden, (await app.CallAsync("/oauth2/userinfo", other.AccessToken)).StatusCode);
        Assert.Equal("invalid_scope", (await app.ClientTokenAsync("openid")).Error);
    }

    [Fact]
    public async Task Both_places_of_discovery_show_the_same_document()
    {
        await using var server = await AuthServer.StartAsync();
        Assert.Equal(
            await server.Http.GetStringAsync("/.well-known/oauth-authorization-server"),
            await server.Http.GetStringAsync("/.well-known/openid-configuration"));
    }

    [Fact]
    public async Task An_app_cannot_have_its_id_tokens_unsigned()
    {
        await using var server = await AuthServer.StartAsync();
        foreach (var algorithm in new[] { "none", "HS256", "" })
            Assert.IsType<RegisterApp.Invalid>(await server.Get<RegisterApp>().ExecuteAsync(AuthServer.Bot with { IdTokenAlgorithm = algorithm }));
    }

    [Fact]
    public async Task Prompt_none_shows_no_page()
    {
        await using var server = await AuthServer.StartAsync();
        await server.CreateAccountAsync();
        await server.RegisterAsync(AuthorizationRequestTests.PublicApp);
        var app = new OAuthApp(server);
        using var browser = server.OpenBrowser();
        async Task<string> AskAsync(OAuthApp who, params (string, string?)[] more)
        {
            var answer = OAuthApp.Query((await browser.OpenAsync(who.AuthorizeUrl([("scope", "profile"), ("prompt", "none"), .. more]))).Left!);
            Assert.Equal(("state-of-the-app", server.Address.GetLeftPart(UriPartial.Authority)), (answer["state"], answer["iss"]));
            return answer.TryGetValue("error", out var error) ? error : "code";
        }

        Assert.Equal("login_required", await AskAsync(app));
        await browser.SignInAsync(await browser.OpenAsync("/sign-in"));
        Assert.Equal("consent_required", await AskAsync(app));
        await app.ObtainCodeAsync(browser, ("scope", "profile"));
        Assert.Equal("code", await AskAsync(app));
        Assert.Equal("consent_required", await AskAsync(app, ("authorization_details", OAuthApp.IdentityLink)));
        Assert.Equal("consent_required", await AskAsync(app, ("scope", "profile transfers:send")));
        server.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("code", await AskAsync(app, ("max_age", "121")));
        Assert.Equal("login_required", await AskAsync(app, ("max_age", "119")));
        Assert.Equal("consent_required", await AskAsync(new OAuthApp(server, "desktop", null)));
    }

    [Theory]
    [InlineData("prompt", "login")]
    [InlineData("max_age", "0")]
    [InlineData("max_age", "60")]
    public async Task Who_must_sign_in_afresh_does_so_once_and_cannot_get_round_it(string parameter, string value)
    {
        await using var server = await AuthServer.StartAsync();
        await server.CreateAccountAsync();
        var app = new OAuthApp(server);
        using var browser = server.OpenBrowser();
        await app.ObtainCodeAsync(browser, ("scope", Scopes));
        server.Clock.Advance(TimeSpan.FromMinutes(5));
        var url = app.AuthorizeUrl(("scope", Scopes), (parameter, value));

        var signIn = await browser.OpenAsync(url);
        Assert.Equal("Sign in", signIn.Title);
        var marked = signIn.Document.QuerySelector("input[name=returnUrl]")!.GetAttribute("value")!;
        // Neither by going on without, nor to the consent page, nor with a mark of one's own.
        foreach (var round in new[] { marked, url.Replace("/oauth2/authorize", "/consent", StringComparison.Ordinal), url + "&asked_at=0", url + "&asked_at=CfDJ8" })
            Assert.Equal("Sign in", (await browser.OpenAsync(round)).Title);

        server.Clock.Advance(TimeSpan.FromSeconds(90));
        var at = WholeSeconds(server.Clock.GetUtcNow());
        var left = (await browser.SignInAsync(signIn)).Left!;
        var token = await IdToken.ReadAsync(server, await app.RedeemAsync(OAuthApp.Query(left)["code"]));
        Assert.Equal(at, token.Time("auth_time"));

        server.Clock.Advance(TimeSpan.FromMinutes(16));
        Assert.Equal("Sign in", (await browser.OpenAsync(marked)).Title);
    }

    [Fact]
    public async Task A_consent_page_that_was_left_open_asks_again_who_is_there()
    {
        await using var server = await AuthServer.StartAsync();
        await server.CreateAccountAsync();
        using var browser = server.OpenBrowser();
        var signIn = await browser.OpenAsync(new OAuthApp(server).AuthorizeUrl(("max_age", "600")));
        var consent = await browser.SignInAsync(signIn);
        server.Clock.Advance(TimeSpan.FromMinutes(16));
        var again = await browser.PressAsync(consent, "Allow");
        Assert.Equal("Sign in", again.Title);
        Assert.NotNull((await browser.PressAsync(await browser.SignInAsync(again), "Allow")).Left);
    }

    [Theory]
    [InlineData("consent")]
    [InlineData("select_account")]
    [InlineData("consent login")]
    public async Task Prompt_consent_asks_also_where_consent_was_given(string prompt)
    {
        await using var server = await AuthServer.StartAsync();
        await server.CreateAccountAsync();
        var app = new OAuthApp(server);
        using var browser = server.OpenBrowser();
        await app.ObtainCodeAsync(browser);
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        var page = await browser.OpenAsync(app.AuthorizeUrl(("prompt", prompt), ("login_hint", "alice"), ("ui_locales", "de"), ("acr_values", "x")));
        if (page.Title == "Sign in")
            page = await browser.SignInAsync(page);
        Assert.Equal("Allow Rally Bot?", page.Title);
        Assert.NotNull((await browser.PressAsync(page, "Allow")).Left);
    }

    private static DateTimeOffset WholeSeconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}
