using System.Net;
using System.Text;
using Dapper;
using Rally.Auth.Server;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

/// <summary>Apps sign in and link people as they did at the former Rally.</summary>
public sealed class FormerLinkingTests
{
    [Theory, EachEngine]
    public async Task An_app_signs_in_with_its_client_id_and_secret_and_renews_its_token(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var app = new FormerApp(server);

        var first = await app.RegisterAsync();
        var second = await app.RefreshAsync(first["refresh_token"]);

        Assert.Equal((HttpStatusCode.OK, "Bearer", "3600"), (first.Status, first["token_type"], first["expires_in"]));
        Assert.Equal((HttpStatusCode.OK, "Bearer", "3600"), (second.Status, second["token_type"], second["expires_in"]));
        Assert.NotEqual(first["refresh_token"], second["refresh_token"]);
        foreach (var token in new[] { first["access_token"], second["access_token"] })
            Assert.Equal(HttpStatusCode.OK, (await new OAuthApp(server).CallAsync("/sample/webhooks", token)).StatusCode);
        server.Clock.Jump(TimeSpan.FromMinutes(61));
        Assert.Equal(HttpStatusCode.Unauthorized, (await new OAuthApp(server).CallAsync("/sample/webhooks", second["access_token"])).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await app.RefreshAsync(second["refresh_token"])).Status);
    }

    [Theory, EachEngine]
    public async Task A_refresh_token_that_comes_twice_ends_all_tokens_of_that_sign_in(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var app = new FormerApp(server);
        var first = await app.RegisterAsync();
        var second = await app.RefreshAsync(first["refresh_token"]);
        server.Clock.Advance(TimeSpan.FromMinutes(2));

        var replayed = await app.RefreshAsync(first["refresh_token"]);

        Assert.Equal(HttpStatusCode.Unauthorized, replayed.Status);
        Assert.Contains("/v1/oauth/register", replayed.Error, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.RefreshAsync(second["refresh_token"])).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await new OAuthApp(server).CallAsync("/sample/webhooks", second["access_token"])).StatusCode);
    }

    [Theory, EachEngine]
    public async Task A_refresh_token_that_a_person_gave_is_not_renewed_without_the_apps_secret(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        var app = new OAuthApp(server);
        using var browser = server.OpenBrowser();
        var tokens = await app.RedeemAsync(await app.ObtainCodeAsync(browser));

        Assert.Equal(HttpStatusCode.Unauthorized, (await new FormerApp(server).RefreshAsync(tokens.RefreshToken)).Status);

        Assert.Equal(HttpStatusCode.OK, (await app.RefreshAsync(tokens.RefreshToken)).Status);
    }

    [Theory, EachEngine]
    public async Task A_renewed_sign_in_outlives_the_pruning(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var app = new FormerApp(server);
        var token = (await app.RegisterAsync())["refresh_token"];
        for (var weeks = 0; weeks < 5; weeks++)
        {
            server.Clock.Jump(TimeSpan.FromDays(49));
            await server.Get<PruneExpired>().RunOnceAsync(CancellationToken.None);
            token = (await app.RefreshAsync(token))["refresh_token"];
        }

        server.Clock.Jump(TimeSpan.FromDays(62));
        await server.Get<PruneExpired>().RunOnceAsync(CancellationToken.None);
        Assert.Equal(0, await server.Store.ReadAsync(connection => connection.ExecuteScalarAsync<long>("SELECT count(*) FROM auth_grant")));
    }

    [Fact]
    public async Task What_cannot_sign_an_app_in_is_told_in_a_sentence()
    {
        await using var server = await AuthServer.StartAsync();
        await server.RegisterAsync(AuthServer.Bot with { ClientId = "page-only", GrantTypes = ["authorization_code"] });
        await server.RegisterAsync(AuthorizationRequestTests.PublicApp);
        var app = new FormerApp(server);

        Assert.Equal(HttpStatusCode.Unauthorized, (await app.RegisterAsync(password: "not-the-secret-0123456789-0123456789")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.RegisterAsync("nobody")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.RegisterAsync("desktop")).Status);
        Assert.Contains("client_credentials", (await app.RegisterAsync("page-only")).Error, StringComparison.Ordinal);
        foreach (var body in new[] { "", "[]", "{", """{"username":"bot"}""", """{"username":1,"password":2}""", """{"username":"\ud800","password":"x"}""", """{"\ud800":1}""" })
        {
            var answer = await app.SendAsync(HttpMethod.Post, "/v1/oauth/register", new StringContent(body, Encoding.UTF8, "text/plain"));
            Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
            Assert.NotEmpty(answer.Error!);
        }

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await app.SendAsync(HttpMethod.Post, "/v1/oauth/refresh", new StringContent(new string(' ', 20_000)))).Status);
    }

    [Theory, EachEngine]
    public async Task A_person_links_the_app_on_the_consent_page_and_the_code_names_them_once(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var alice = await server.CreateAccountAsync();
        var app = new FormerApp(server);
        await app.SignInAsync();
        using var browser = server.OpenBrowser();
        var asked = new Uri((await app.AuthorizeAsync())["url"]);
        server.Clock.Advance(TimeSpan.FromMinutes(59));
        var consent = await browser.SignInAsync(await browser.OpenAsync(asked.ToString()));
        Assert.Equal("Allow Rally Bot?", consent.Title);
        Assert.Contains("See your user name and Rally id", consent.Text, StringComparison.Ordinal);
        Assert.Contains("See which coins you hold", consent.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Send your coins", consent.Text, StringComparison.Ordinal);

        var came = OAuthApp.Query((await browser.PressAsync(consent, "Allow")).Left!);
        var person = await app.UserInfoAsync(came["code"]);

        Assert.Equal(["code", "state"], came.Keys.Order());
        Assert.Equal("of the app", came["state"]);
        Assert.Equal($$"""{"username":"alice","rnbUserId":"{{alice:D}}"}""", person.Json.GetRawText());
        Assert.Equal(HttpStatusCode.BadRequest, (await app.UserInfoAsync(came["code"])).Status);
        Assert.Equal(HttpStatusCode.OK, (await new OAuthApp(server).CallAsync($"/sample/{alice}/balances:read", app.AccessToken)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.OpenAsync(asked.ToString())).Status);
    }

    [Theory, EachEngine]
    public async Task Who_refuses_comes_back_with_the_word_cancelled(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        var app = new FormerApp(server);
        await app.SignInAsync();
        using var browser = server.OpenBrowser();

        var came = await app.LinkAsync(browser, "Deny");

        Assert.Equal(new Dictionary<string, string> { ["code"] = "cancelled", ["state"] = "of the app" }, came);
        Assert.Equal(HttpStatusCode.BadRequest, (await app.UserInfoAsync("cancelled")).Status);
    }

    [Theory, EachEngine]
    public async Task A_code_is_for_its_own_app_and_its_own_api_only(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        await server.RegisterAsync(AuthServer.Bot with { ClientId = "other" });
        var (app, other) = (new FormerApp(server), new FormerApp(server));
        await app.SignInAsync();
        other.AccessToken = (await other.RegisterAsync("other"))["access_token"];
        using var browser = server.OpenBrowser();
        var standard = new OAuthApp(server);

        var code = (await app.LinkAsync(browser))["code"];
        Assert.Equal(HttpStatusCode.BadRequest, (await other.UserInfoAsync(code)).Status);
        Assert.Equal("invalid_grant", (await standard.RedeemAsync(code)).Error);
        Assert.Equal(HttpStatusCode.OK, (await app.UserInfoAsync(code)).Status);

        var withProof = await standard.ObtainCodeAsync(browser);
        Assert.Equal(HttpStatusCode.BadRequest, (await app.UserInfoAsync(withProof)).Status);
        var late = (await app.LinkAsync(browser))["code"];
        server.Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(HttpStatusCode.BadRequest, (await app.UserInfoAsync(late)).Status);
    }

    [Theory, EachEngine]
    public async Task A_link_made_for_somebody_else_never_passes_without_a_look(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        var app = new FormerApp(server);
        await app.SignInAsync();
        using var browser = server.OpenBrowser();
        await app.LinkAsync(browser);

        Assert.Equal("Allow Rally Bot?", (await browser.OpenAsync((await app.AuthorizeAsync())["url"])).Title);
    }

    [Fact]
    public async Task Linking_begins_only_with_the_apps_own_token_and_a_registered_callback()
    {
        await using var server = await AuthServer.StartAsync();
        await server.CreateAccountAsync();
        await server.RegisterAsync(AuthServer.Bot with { ClientId = "nameless", Scopes = ["balances:read"] });
        var app = new FormerApp(server);
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.AuthorizeAsync()).Status);
        using var browser = server.OpenBrowser();
        var standard = new OAuthApp(server);
        app.AccessToken = (await standard.RedeemAsync(await standard.ObtainCodeAsync(browser))).AccessToken;
        Assert.Equal(HttpStatusCode.Forbidden, (await app.AuthorizeAsync()).Status);

        await app.SignInAsync();
        foreach (var callback in new[] { "https://evil.example/", AuthServer.Callback + "/", "", "javascript:1" })
            Assert.Contains("callback", (await app.AuthorizeAsync(callback)).Error, StringComparison.Ordinal);
        app.AccessToken = (await app.RegisterAsync("nameless"))["access_token"];
        Assert.Contains("profile", (await app.AuthorizeAsync()).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_cannot_ask_for_the_former_ways_where_requests_are_pushed()
    {
        await using var server = await AuthServer.StartAsync();
        var refused = await new OAuthApp(server).PushAsync(("code_challenge", null), ("is_former", "1"));
        Assert.Equal("invalid_request", refused.Error);
    }
}
