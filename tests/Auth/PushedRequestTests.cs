using System.Net;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

public sealed class PushedRequestTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Theory, EachEngine]
    public async Task A_pushed_request_is_answered_once_however_long_the_person_takes(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        var app = new OAuthApp(server);
        using var browser = server.OpenBrowser();
        var pushed = await app.PushAsync(("scope", "openid"), ("nonce", "n"));
        Assert.Equal((HttpStatusCode.Created, 60), (pushed.Status, pushed.Json.GetProperty("expires_in").GetInt32()));
        var uri = pushed.Json.GetProperty("request_uri").GetString()!;
        Assert.StartsWith("urn:ietf:params:oauth:request_uri:", uri, StringComparison.Ordinal);

        server.Clock.Advance(TimeSpan.FromSeconds(59));
        // What stands beside it in the browser's address is not part of the request.
        var url = app.PushedUrl(uri) + "&scope=transfers:send&state=forged&redirect_uri=https://evil.example";
        var signIn = await browser.OpenAsync(url);
        Assert.Contains("Rally Bot by The operator", signIn.Text, StringComparison.Ordinal);
        server.Clock.Advance(TimeSpan.FromMinutes(50));
        var consent = await browser.SignInAsync(signIn);
        Assert.DoesNotContain("Send your coins", consent.Text, StringComparison.Ordinal);
        var left = (await browser.PressAsync(consent, "Allow")).Left!;
        Assert.Equal((AuthServer.Callback, "state-of-the-app"), (left.GetLeftPart(UriPartial.Path), OAuthApp.Query(left)["state"]));
        var tokens = await app.RedeemAsync(OAuthApp.Query(left)["code"]);
        Assert.Equal("n", (await IdToken.ReadAsync(server, tokens)).Text("nonce"));

        foreach (var again in new[] { await browser.OpenAsync(url), await browser.PressAsync(consent, "Allow") })
            Assert.Equal((HttpStatusCode.BadRequest, "This request cannot be answered"), (again.Status, again.Title));
    }

    [Fact]
    public async Task A_pushed_request_is_one_clients_and_must_be_opened_within_a_minute()
    {
        await using var server = await AuthServer.StartAsync();
        await server.RegisterAsync(AuthServer.Bot with { ClientId = "other" });
        using var browser = server.OpenBrowser();
        var app = new OAuthApp(server);
        var uri = (await app.PushAsync()).Json.GetProperty("request_uri").GetString()!;
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.OpenAsync(new OAuthApp(server, "other").PushedUrl(uri))).Status);
        Assert.Equal(HttpStatusCode.OK, (await browser.OpenAsync(app.PushedUrl(uri))).Status);
        var late = (await app.PushAsync()).Json.GetProperty("request_uri").GetString()!;
        server.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.OpenAsync(app.PushedUrl(late))).Status);
        Assert.Equal(HttpStatusCode.OK, (await browser.OpenAsync(app.PushedUrl(uri))).Status);
        server.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.OpenAsync(app.PushedUrl(uri))).Status);
    }

    [Theory]
    [InlineData("redirect_uri", "https://evil.example/", "invalid_request")]
    [InlineData("redirect_uri", null, "invalid_request")]
    [InlineData("code_challenge", null, "invalid_request")]
    [InlineData("scope", "nonsense", "invalid_scope")]
    [InlineData("response_type", "token", "unsupported_response_type")]
    [InlineData("request_uri", "urn:ietf:params:oauth:request_uri:x", "invalid_request")]
    public async Task A_request_that_would_be_refused_is_refused_when_it_is_pushed(string parameter, string? value, string error)
    {
        var answer = await new OAuthApp(shared.Server).PushAsync((parameter, value));
        Assert.Equal((HttpStatusCode.BadRequest, error), (answer.Status, answer.Error));
    }

    [Fact]
    public async Task Nobody_pushes_in_anothers_name_and_no_secret_is_kept()
    {
        var server = shared.Server;
        Assert.Equal("invalid_client", (await new OAuthApp(server, "bot", "wrong").PushAsync()).Error);
        Assert.Equal("invalid_client", (await new OAuthApp(server, secret: null).PushAsync()).Error);
        var inTheForm = await new OAuthApp(server, secret: null).PushAsync(("client_secret", AuthServer.BotSecret));
        Assert.Equal(HttpStatusCode.Created, inTheForm.Status);
        var kept = await server.Store.ReadAsync(connection => Dapper.SqlMapper.QueryAsync<string>(connection, "SELECT parameters FROM auth_pushed_request"));
        Assert.NotEmpty(kept);
        Assert.All(kept, text => Assert.DoesNotContain(AuthServer.BotSecret, text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("https://evil.example/request.jwt")]
    [InlineData("urn:ietf:params:oauth:request_uri:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_request_uri_that_was_not_given_here_is_neither_read_nor_answered(string requestUri)
    {
        using var browser = shared.Server.OpenBrowser();
        var page = await browser.OpenAsync(new OAuthApp(shared.Server).PushedUrl(requestUri));
        Assert.Equal((HttpStatusCode.BadRequest, null), (page.Status, page.Left));
    }
}
