using System.Net;
using AngleSharp.Html.Dom;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

/// <summary>The recommendations of RFC 9700 (Best Current Practice for OAuth 2.0 Security) by their sections.</summary>
public sealed class Rfc9700Tests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Theory]
    [InlineData("response_type", "token")]
    [InlineData("prompt", "none")]
    [InlineData("scope", "nonsense")]
    [InlineData("code_challenge", null)]
    public async Task Section_2_1_and_4_11_No_fault_makes_the_server_redirect_to_an_address_that_is_not_registered(string parameter, string? value)
    {
        using var browser = shared.Server.OpenBrowser();
        foreach (var elsewhere in new[] { "https://evil.example/", AuthServer.Callback + "/../x", AuthServer.Callback + "?next=https://evil.example" })
        {
            var page = await browser.OpenAsync(new OAuthApp(shared.Server).AuthorizeUrl((parameter, value), ("redirect_uri", elsewhere)));
            Assert.Equal((HttpStatusCode.BadRequest, null), (page.Status, page.Left));
        }
    }

    [Fact]
    public async Task Section_2_1_1_and_4_8_PKCE_cannot_be_left_out_or_weakened_by_any_client()
    {
        await using var server = await AuthServer.StartAsync();
        await server.CreateAccountAsync();
        await server.RegisterAsync(AuthorizationRequestTests.PublicApp);
        foreach (var app in new[] { new OAuthApp(server), new OAuthApp(server, "desktop", secret: null) })
        {
            using var browser = server.OpenBrowser();
            (string, string?)[][] downgrades =
            [
                [("code_challenge", null), ("code_challenge_method", null)],
                [("code_challenge_method", null)],
                [("code_challenge", app.Verifier), ("code_challenge_method", "plain")],
            ];
            foreach (var downgrade in downgrades)
                Assert.Equal("invalid_request", OAuthApp.Query((await browser.OpenAsync(app.AuthorizeUrl([("redirect_uri", AuthServer.Callback), .. downgrade]))).Left!)["error"]);
            var code = await app.ObtainCodeAsync(browser);
            Assert.Equal("invalid_request", (await app.RedeemAsync(code, ("code_verifier", null))).Error);
            Assert.Equal(HttpStatusCode.OK, (await app.RedeemAsync(code)).Status);
        }
    }

    [Theory]
    [InlineData("token")]
    [InlineData("id_token")]
    [InlineData("code token")]
    [InlineData("code id_token")]
    public async Task Section_2_1_2_and_4_3_No_token_is_ever_put_in_an_address(string responseType)
    {
        using var browser = shared.Server.OpenBrowser();
        var page = await browser.OpenAsync(new OAuthApp(shared.Server).AuthorizeUrl(("response_type", responseType), ("nonce", "n")));
        Assert.Equal("unsupported_response_type", OAuthApp.Query(page.Left!)["error"]);
        var metadata = await OAuthApp.ReadAsync(await shared.Server.Http.GetAsync("/.well-known/openid-configuration"));
        Assert.Equal("""["code"]""", metadata.GetProperty("response_types_supported").GetRawText());
        Assert.Equal("""["query"]""", metadata.GetProperty("response_modes_supported").GetRawText());
    }

    [Theory, EachEngine]
    public async Task Section_2_2_2_and_4_14_A_public_clients_refresh_token_is_replaced_and_reuse_ends_the_family(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        await server.RegisterAsync(AuthorizationRequestTests.PublicApp);
        var app = new OAuthApp(server, "desktop", secret: null);
        using var browser = server.OpenBrowser();
        var stolen = await app.RedeemAsync(await app.ObtainCodeAsync(browser));
        var owner = await app.RefreshAsync((await app.RefreshAsync(stolen.RefreshToken)).RefreshToken);
        Assert.Equal("invalid_grant", (await app.RefreshAsync(stolen.RefreshToken)).Error);
        Assert.Equal("invalid_grant", (await app.RefreshAsync(owner.RefreshToken)).Error);
        Assert.False(await app.WorksAsync(owner.AccessToken));
    }

    [Fact]
    public async Task Section_2_4_Passwords_are_not_taken_from_clients() =>
        Assert.Equal("unsupported_grant_type", (await new OAuthApp(shared.Server).TokenAsync(
            ("grant_type", "password"), ("username", "alice"), ("password", AuthServer.Password))).Error);

    [Fact]
    public async Task Section_4_2_No_page_and_no_redirect_sends_its_address_to_others()
    {
        await using var server = await AuthServer.StartAsync();
        await server.CreateAccountAsync();
        using var browser = server.OpenBrowser();
        var signIn = await browser.OpenAsync(new OAuthApp(server).AuthorizeUrl());
        var consent = await browser.SignInAsync(signIn);
        var back = await browser.PressAsync(consent, "Allow");
        foreach (var page in new[] { signIn, consent, back })
        {
            Assert.Equal("same-origin", page.Response.Headers.GetValues("Referrer-Policy").Single());
            // Nothing on the page leads, or is loaded from, elsewhere.
            Assert.All(page.Document.QuerySelectorAll("[href], [src]"), element =>
                Assert.StartsWith("/", element.GetAttribute("href") ?? element.GetAttribute("src"), StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Section_4_3_2_A_token_in_an_address_opens_nothing()
    {
        await using var server = await AuthServer.StartAsync();
        var (_, tokens) = await RefreshTests.SignedInAppAsync(server);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.Http.GetAsync("/oauth2/userinfo?access_token=" + tokens.AccessToken)).StatusCode);
    }

    [Fact]
    public async Task Section_4_4_Every_answer_says_whose_it_is_so_that_servers_cannot_be_mixed_up()
    {
        await using var server = await AuthServer.StartAsync();
        await server.CreateAccountAsync();
        var metadata = await OAuthApp.ReadAsync(await server.Http.GetAsync("/.well-known/oauth-authorization-server"));
        Assert.True(metadata.GetProperty("authorization_response_iss_parameter_supported").GetBoolean());
        var app = new OAuthApp(server);
        using var browser = server.OpenBrowser();
        var consent = await browser.SignInAsync(await browser.OpenAsync(app.AuthorizeUrl()));
        foreach (var left in new[]
        {
            (await browser.PressAsync(consent, "Deny")).Left, (await browser.PressAsync(consent, "Allow")).Left,
            (await browser.OpenAsync(app.AuthorizeUrl(("scope", null)))).Left, (await browser.OpenAsync(app.AuthorizeUrl(("prompt", "none"), ("max_age", "0")))).Left,
        })
            Assert.Equal(metadata.GetProperty("issuer").GetString(), OAuthApp.Query(left!)["iss"]);
    }

    [Fact]
    public async Task Section_4_5_A_code_that_is_injected_into_another_session_or_client_gives_nothing()
    {
        await using var server = await AuthServer.StartAsync();
        await server.CreateAccountAsync();
        await server.RegisterAsync(AuthServer.Bot with { ClientId = "other" });
        using var browser = server.OpenBrowser();
        var victim = new OAuthApp(server);
        var code = await victim.ObtainCodeAsync(browser);
        var attacker = new OAuthApp(server);
        Assert.Equal("invalid_grant", (await attacker.RedeemAsync(code)).Error);
        Assert.Equal("invalid_grant", (await new OAuthApp(server, "other").RedeemAsync(code, ("code_verifier", victim.Verifier))).Error);
        Assert.Equal(HttpStatusCode.OK, (await victim.RedeemAsync(code)).Status);
    }

    [Theory]
    [InlineData("a&code=x")]
    [InlineData("https://evil.example/?é#")]
    public async Task Section_4_7_The_apps_state_comes_back_as_it_was_sent(string state)
    {
        using var browser = shared.Server.OpenBrowser();
        var left = (await browser.OpenAsync(new OAuthApp(shared.Server).AuthorizeUrl(("state", state), ("prompt", "none")))).Left!;
        Assert.Equal(state, OAuthApp.Query(left)["state"]);
        Assert.DoesNotContain("code", OAuthApp.Query(left).Keys);
    }

    [Fact]
    public async Task Section_4_12_After_a_form_with_a_password_the_browser_is_told_to_forget_it()
    {
        var server = shared.Server;
        using var browser = server.OpenBrowser();
        var page = await browser.OpenAsync(new OAuthApp(server).AuthorizeUrl());
        var form = page.Document.Forms.Single();
        var fields = form.Elements.OfType<IHtmlInputElement>().ToDictionary(input => input.Name!, input => input.Value);
        (fields["username"], fields["password"]) = ("alice", AuthServer.Password);
        using var request = new HttpRequestMessage(HttpMethod.Post, form.GetAttribute("action")) { Content = new FormUrlEncodedContent(fields) };
        request.Headers.Add("Cookie", browser.Cookies.GetCookieHeader(server.Address));
        using var answer = await server.Http.SendAsync(request);
        // 307 and 308 would send the password on to wherever the redirect leads.
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
    }

    [Fact]
    public async Task Section_4_13_What_a_caller_says_of_hosts_and_proxies_does_not_change_who_the_server_is()
    {
        await using var server = await AuthServer.StartAsync(configure: options => options.PublicUrl = new Uri("https://rally.example"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/.well-known/openid-configuration");
        request.Headers.Host = "evil.example";
        request.Headers.Add("X-Forwarded-Host", "evil.example");
        request.Headers.Add("Forwarded", "host=evil.example");
        var text = await (await server.Http.SendAsync(request)).Content.ReadAsStringAsync();
        Assert.DoesNotContain("evil", text, StringComparison.Ordinal);
        Assert.Contains("\"issuer\":\"https://rally.example\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Section_4_15_A_client_cannot_be_taken_for_a_person()
    {
        await using var server = await AuthServer.StartAsync();
        var alice = await server.CreateAccountAsync();
        await server.RegisterAsync(AuthServer.Bot with { ClientId = alice.ToString() });
        var app = new OAuthApp(server, alice.ToString());
        var own = await app.ClientTokenAsync();
        Assert.Equal(HttpStatusCode.Forbidden, (await app.CallAsync("/oauth2/userinfo", own.AccessToken)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await app.CallAsync($"/sample/{alice}/balances:read", own.AccessToken)).StatusCode);
        Assert.False((await app.IntrospectAsync(own.AccessToken)).Json.TryGetProperty("sub", out _));
    }

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/sign-up")]
    [InlineData("/oauth2/authorize")]
    public async Task Section_4_16_No_page_can_be_framed(string path)
    {
        using var browser = shared.Server.OpenBrowser();
        var page = await browser.OpenAsync(path);
        Assert.Contains("frame-ancestors 'none'", page.Response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("DENY", page.Response.Headers.GetValues("X-Frame-Options").Single());
    }

    [Theory]
    [InlineData("web_message")]
    [InlineData("fragment")]
    [InlineData("form_post")]
    public async Task Section_4_17_Answers_go_to_the_redirect_uri_and_nowhere_else(string responseMode)
    {
        using var browser = shared.Server.OpenBrowser();
        var page = await browser.OpenAsync(new OAuthApp(shared.Server).AuthorizeUrl(("response_mode", responseMode)));
        Assert.Equal("invalid_request", OAuthApp.Query(page.Left!)["error"]);
    }
}
