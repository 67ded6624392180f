using System.Net;
using Rally.Auth.Apps;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

public sealed class DeviceTests
{
    [Theory, EachEngine]
    public async Task A_person_types_the_code_of_a_device_and_the_device_gets_tokens_once(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var alice = await server.CreateAccountAsync();
        var app = new OAuthApp(server);
        var (deviceCode, userCode) = await BeginAsync(app);
        Assert.Equal("authorization_pending", (await app.PollAsync(deviceCode)).Error);

        using var browser = server.OpenBrowser();
        var page = await browser.SignInAsync(await browser.OpenAsync("/device"));
        Assert.Equal("Connect a device", page.Title);
        page = await browser.PressAsync(page, "Continue", ("user_code", $" {userCode.ToLowerInvariant().Replace('-', ' ')} "));
        Assert.Equal("Connect Rally Bot?", page.Title);
        foreach (var told in new[] { userCode, "Rally Bot by The operator", "See your user name", "If somebody sent you this code", "Signed in as alice" })
            Assert.Contains(told, page.Text, StringComparison.Ordinal);
        Assert.Equal("The device is connected", (await browser.PressAsync(page, "Allow")).Title);

        var tokens = await app.PollAsync(deviceCode);
        Assert.Equal(HttpStatusCode.OK, tokens.Status);
        Assert.Equal((alice.ToString(), "bot"), ((await IdToken.ReadAsync(server, tokens)).Text("sub"), (await IdToken.ReadAsync(server, tokens)).Text("aud")));
        var refreshed = await app.RefreshAsync(tokens.RefreshToken);
        Assert.True(await app.WorksAsync(refreshed.AccessToken));
        Assert.Contains("Rally Bot", (await browser.OpenAsync("/account")).Text, StringComparison.Ordinal);

        Assert.Equal("invalid_grant", (await app.PollAsync(deviceCode)).Error);
        Assert.False(await app.WorksAsync(refreshed.AccessToken));
    }

    [Theory, EachEngine]
    public async Task A_device_that_asks_too_often_is_told_to_slow_down(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var app = new OAuthApp(server);
        var (deviceCode, _) = await BeginAsync(app);
        async Task<string?> AfterAsync(int seconds)
        {
            server.Clock.Advance(TimeSpan.FromSeconds(seconds));
            return (await app.PollAsync(deviceCode)).Error;
        }

        Assert.Equal("authorization_pending", await AfterAsync(0));
        Assert.Equal("authorization_pending", await AfterAsync(5));
        Assert.Equal("slow_down", await AfterAsync(2));
        Assert.Equal("slow_down", await AfterAsync(5));
        Assert.Equal("authorization_pending", await AfterAsync(15));
        Assert.Equal("expired_token", await AfterAsync(600));
    }

    [Theory, EachEngine]
    public async Task Denial_and_revocation_end_a_device(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        var app = new OAuthApp(server);
        using var browser = server.OpenBrowser();
        var (denied, deniedCode) = await BeginAsync(app);
        var page = await browser.SignInAsync(await browser.OpenAsync("/device?user_code=" + deniedCode));
        page = await browser.PressAsync(await browser.PressAsync(page, "Continue"), "Deny");
        Assert.Equal("The device was refused", page.Title);
        Assert.Equal("access_denied", (await app.PollAsync(denied)).Error);

        var (revoked, revokedCode) = await BeginAsync(app);
        page = await browser.OpenAsync("/device?user_code=" + revokedCode);
        await browser.PressAsync(await browser.PressAsync(page, "Continue"), "Allow");
        await browser.PressAsync(await browser.OpenAsync("/account"), "Revoke");
        Assert.Equal("invalid_grant", (await app.PollAsync(revoked)).Error);
    }

    [Theory, EachEngine]
    public async Task Of_many_polls_at_once_one_gets_tokens(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        var app = new OAuthApp(server);
        using var browser = server.OpenBrowser();
        var (deviceCode, userCode) = await BeginAsync(app);
        var page = await browser.SignInAsync(await browser.OpenAsync("/device?user_code=" + userCode));
        await browser.PressAsync(await browser.PressAsync(page, "Continue"), "Allow");
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => app.PollAsync(deviceCode)));
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
    }

    [Theory, EachEngine]
    public async Task Codes_cannot_be_guessed(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        await server.CreateAccountAsync("bob");
        var (_, userCode) = await BeginAsync(new OAuthApp(server));
        using var browser = server.OpenBrowser();
        var form = await browser.SignInAsync(await browser.OpenAsync("/device"));
        for (var wrong = 0; wrong < 10; wrong++)
        {
            var page = await browser.PressAsync(form, "Continue", ("user_code", wrong % 2 == 0 ? "BBBB-BBBB" : "nonsense"));
            Assert.Equal((HttpStatusCode.BadRequest, "Connect a device"), (page.Status, page.Title));
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, (await browser.PressAsync(form, "Continue", ("user_code", userCode))).Status);
        using var other = server.OpenBrowser();
        var bobs = await other.SignInAsync(await other.OpenAsync("/device"), "bob");
        Assert.Equal("Connect Rally Bot?", (await other.PressAsync(bobs, "Continue", ("user_code", userCode))).Title);
        server.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PressAsync(form, "Continue", ("user_code", userCode))).Status);
    }

    [Fact]
    public async Task Only_clients_registered_for_it_may_begin_and_only_for_what_they_may_have()
    {
        await using var server = await AuthServer.StartAsync();
        await server.RegisterAsync(AuthServer.Bot with { ClientId = "other" });
        await server.RegisterAsync(AuthorizationRequestTests.PublicApp);
        var app = new OAuthApp(server);
        Assert.Equal("unauthorized_client", (await new OAuthApp(server, "desktop", null).BeginDeviceAsync("profile")).Error);
        Assert.Equal("invalid_client", (await new OAuthApp(server, "bot", "wrong").BeginDeviceAsync()).Error);
        foreach (var scope in new[] { null, "nonsense", "webhooks:manage" })
            Assert.Equal("invalid_scope", (await app.BeginDeviceAsync(scope)).Error);
        var (deviceCode, _) = await BeginAsync(app);
        Assert.Equal("invalid_grant", (await new OAuthApp(server, "other").PollAsync(deviceCode)).Error);
        Assert.Equal("invalid_grant", (await app.PollAsync(new string('A', 43))).Error);
        Assert.Equal("invalid_request", (await app.PollAsync("")).Error);

        var console = new RegisterApp.Request(
            "console", "Console", "Somebody", null, [], ["profile"], ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"]);
        await server.RegisterAsync(console);
        Assert.Equal(HttpStatusCode.OK, (await new OAuthApp(server, "console", null).BeginDeviceAsync("profile")).Status);
    }

    private static async Task<(string DeviceCode, string UserCode)> BeginAsync(OAuthApp app)
    {
        var answer = await app.BeginDeviceAsync();
        Assert.Equal((HttpStatusCode.OK, 600, 5), (answer.Status, answer.Json.GetProperty("expires_in").GetInt32(), answer.Json.GetProperty("interval").GetInt32()));
        var userCode = answer.Json.GetProperty("user_code").GetString()!;
        Assert.Matches("^[B-Z]{4}-[B-Z]{4}$", userCode);
        Assert.EndsWith("/device?user_code=" + userCode, answer.Json.GetProperty("verification_uri_complete").GetString(), StringComparison.Ordinal);
        return (answer.Json.GetProperty("device_code").GetString()!, userCode);
    }
}
