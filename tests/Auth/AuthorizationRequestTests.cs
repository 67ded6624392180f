using System.Net;
using Rally.Auth.Apps;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

public sealed class AuthorizationRequestTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Theory]
    [InlineData("http://127.0.0.1:9/callback/")]
    [InlineData("http://127.0.0.1:9/callback?x=1")]
    [InlineData("http://127.0.0.1:10/callback")]
    [InlineData("HTTP://127.0.0.1:9/callback")]
    [InlineData("http://127.0.0.1:9/callback#")]
    [InlineData("http://127.0.0.1:9@evil.example/callback")]
    [InlineData("https://evil.example/callback")]
    [InlineData("javascript:alert(1)")]
    [InlineData("")]
    [InlineData(null)]
    public async Task An_address_that_is_not_registered_gets_an_error_page_and_no_redirect(string? redirectUri)
    {
        var server = shared.Server;
        using var browser = server.OpenBrowser();
        foreach (var path in new[] { "/oauth2/authorize", "/consent" })
        {
            var url = new OAuthApp(server).AuthorizeUrl(("redirect_uri", redirectUri)).Replace("/oauth2/authorize", path, StringComparison.Ordinal);
            var page = await browser.OpenAsync(url);
            Assert.Equal(HttpStatusCode.BadRequest, page.Status);
            Assert.Null(page.Left);
            Assert.Equal("This request cannot be answered", page.Title);
        }
    }

    [Fact]
    public async Task An_unknown_client_and_a_doubled_redirect_uri_get_an_error_page()
    {
        await using var server = await AuthServer.StartAsync();
        var app = new OAuthApp(server);
        using var browser = server.OpenBrowser();
        foreach (var url in new[]
        {
            app.AuthorizeUrl(("client_id", "nobody")),
            app.AuthorizeUrl(("client_id", "\0")),
            app.AuthorizeUrl(("client_id", null)),
            app.AuthorizeUrl() + "&redirect_uri=" + Uri.EscapeDataString(AuthServer.Callback),
            app.AuthorizeUrl() + "&client_id=bot",
        })
        {
            var page = await browser.OpenAsync(url);
            Assert.Equal((HttpStatusCode.BadRequest, null), (page.Status, page.Left));
        }
    }

    [Theory]
    [InlineData("code_challenge", null, "invalid_request")]
    [InlineData("code_challenge", "short", "invalid_request")]
    [InlineData("code_challenge_method", null, "invalid_request")]
    [InlineData("code_challenge_method", "plain", "invalid_request")]
    [InlineData("response_type", null, "invalid_request")]
    [InlineData("response_type", "token", "unsupported_response_type")]
    [InlineData("response_mode", "fragment", "invalid_request")]
    [InlineData("request", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported")]
    [InlineData("registration", "{}", "registration_not_supported")]
    [InlineData("prompt", "create", "invalid_request")]
    [InlineData("prompt", "none login", "invalid_request")]
    [InlineData("max_age", "-1", "invalid_request")]
    [InlineData("max_age", "soon", "invalid_request")]
    [InlineData("max_age", "99999999999", "invalid_request")]
    [InlineData("scope", null, "invalid_scope")]
    [InlineData("scope", "profile nonsense", "invalid_scope")]
    [InlineData("scope", "profile webhooks:manage", "invalid_scope")]
    [InlineData("scope", "profile tiers:report", "invalid_scope")]
    [InlineData("authorization_details", "[]", "invalid_authorization_details")]
    [InlineData("authorization_details", "{", "invalid_authorization_details")]
    [InlineData("authorization_details", """[{"type":"payment"}]""", "invalid_authorization_details")]
    [InlineData("authorization_details", """[{"type":"identity_link","provider":"Discord","name":"fan","id":"1","more":1}]""", "invalid_authorization_details")]
    [InlineData("authorization_details", """[{"type":"identity_link","provider":"Discord","name":"fan","id":"1","guild":9}]""", "invalid_authorization_details")]
    [InlineData("authorization_details", """[{"type":"identity_link","provider":"Discord","name":"fan","id":"1","guild":"here"}]""", "invalid_authorization_details")]
    [InlineData("authorization_details", """[{"type":"identity_link","provider":"Discord","name":"fan","id":"1","id":"2"}]""", "invalid_authorization_details")]
    [InlineData("authorization_details", """[{"type":"identity_link","provider":"Discord","name":"\ud800","id":"1"}]""", "invalid_authorization_details")]
    [InlineData("authorization_details", """[{"type":"identity_link","provider":"Discord","name":"a\u0000","id":"1"}]""", "invalid_authorization_details")]
    public async Task Other_faults_go_back_to_the_app_with_state_and_issuer(string parameter, string? value, string error)
    {
        var server = shared.Server;
        using var browser = server.OpenBrowser();
        var page = await browser.OpenAsync(new OAuthApp(server).AuthorizeUrl((parameter, value)));
        var query = OAuthApp.Query(page.Left!);
        Assert.Equal(error, query["error"]);
        Assert.Equal("state-of-the-app", query["state"]);
        Assert.Equal(server.Address.GetLeftPart(UriPartial.Authority), query["iss"]);
        Assert.DoesNotContain("code", query.Keys);
    }

    [Fact]
    public async Task A_doubled_parameter_and_a_scope_that_the_app_lacks_are_refused()
    {
        await using var server = await AuthServer.StartAsync();
        await server.RegisterAsync(AuthServer.Bot with { ClientId = "reader", Scopes = ["profile"] });
        using var browser = server.OpenBrowser();
        var doubled = await browser.OpenAsync(new OAuthApp(server).AuthorizeUrl() + "&scope=profile");
        Assert.Equal("invalid_request", OAuthApp.Query(doubled.Left!)["error"]);
        var beyond = await browser.OpenAsync(new OAuthApp(server, "reader").AuthorizeUrl());
        Assert.Equal("invalid_scope", OAuthApp.Query(beyond.Left!)["error"]);
    }

    [Fact]
    public async Task An_app_that_is_only_for_itself_cannot_ask_people()
    {
        await using var server = await AuthServer.StartAsync();
        await server.RegisterAsync(AuthServer.Bot with { ClientId = "robot", RedirectUris = [], GrantTypes = ["client_credentials"] });
        using var browser = server.OpenBrowser();
        Assert.Null((await browser.OpenAsync(new OAuthApp(server, "robot").AuthorizeUrl())).Left);
    }

    [Fact]
    public async Task Denying_tells_the_app_and_grants_nothing()
    {
        await using var server = await AuthServer.StartAsync();
        await server.CreateAccountAsync();
        using var browser = server.OpenBrowser();
        var consent = await browser.SignInAsync(await browser.OpenAsync(new OAuthApp(server).AuthorizeUrl()));
        var query = OAuthApp.Query((await browser.PressAsync(consent, "Deny")).Left!);
        Assert.Equal(("access_denied", "state-of-the-app"), (query["error"], query["state"]));
        Assert.Contains("None.", (await browser.OpenAsync("/account")).Text, StringComparison.Ordinal);
    }

    [Theory, EachEngine]
    public async Task Consent_is_remembered_until_more_is_asked(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        var app = new OAuthApp(server);
        using var browser = server.OpenBrowser();
        await app.ObtainCodeAsync(browser, ("scope", "profile"));

        Assert.NotNull((await browser.OpenAsync(app.AuthorizeUrl(("scope", "profile")))).Left);
        var more = await browser.OpenAsync(app.AuthorizeUrl(("scope", "profile transfers:send")));
        Assert.Equal("Allow Rally Bot?", more.Title);
        await browser.PressAsync(more, "Allow");
        Assert.NotNull((await browser.OpenAsync(app.AuthorizeUrl(("scope", "transfers:send")))).Left);
        var link = await browser.OpenAsync(app.AuthorizeUrl(("scope", "profile"), ("authorization_details", OAuthApp.IdentityLink)));
        Assert.Equal("Allow Rally Bot?", link.Title);
    }

    [Fact]
    public async Task A_public_app_may_use_any_loopback_port_and_asks_each_time()
    {
        await using var server = await AuthServer.StartAsync();
        await server.CreateAccountAsync();
        await server.RegisterAsync(PublicApp);
        var app = new OAuthApp(server, "desktop", secret: null);
        using var browser = server.OpenBrowser();
        const string Elsewhere = "http://127.0.0.1:51234/callback";

        var code = await app.ObtainCodeAsync(browser, ("redirect_uri", Elsewhere));
        Assert.Equal(HttpStatusCode.OK, (await app.RedeemAsync(code, ("redirect_uri", Elsewhere))).Status);
        Assert.Equal("Allow Desktop?", (await browser.OpenAsync(app.AuthorizeUrl(("redirect_uri", Elsewhere)))).Title);
        foreach (var wrong in new[] { "http://127.0.0.1:51234/other", "http://localhost:51234/callback", "http://127.0.0.1:99999/callback", "http://[::1]:5/callback" })
            Assert.Equal(HttpStatusCode.BadRequest, (await browser.OpenAsync(app.AuthorizeUrl(("redirect_uri", wrong)))).Status);
    }

    [Fact]
    public async Task Names_of_apps_and_of_outside_accounts_are_text_and_not_markup()
    {
        await using var server = await AuthServer.StartAsync();
        await server.RegisterAsync(AuthServer.Bot with { Name = "<b onclick=x>\"Bot\"" });
        using var browser = server.OpenBrowser();
        var page = await browser.OpenAsync(new OAuthApp(server).AuthorizeUrl(
            ("authorization_details", """[{"type":"identity_link","provider":"<i>","name":"\"><script>","id":"<u>"}]""")));
        Assert.Contains("<b onclick=x>\"Bot\" will link", page.Text, StringComparison.Ordinal);
        Assert.Contains("<i> account \"><script> (<u>)", page.Text, StringComparison.Ordinal);
        Assert.Empty(page.Document.QuerySelectorAll("script, b, i, u"));
    }

    public static RegisterApp.Request PublicApp { get; } = new(
        "desktop", "Desktop", "Somebody", null, ["http://127.0.0.1/callback"],
        ["profile", "balances:read"], ["authorization_code", "refresh_token"]);
}
