using System.Net;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

public sealed class CodeTests
{
    [Theory, EachEngine]
    public async Task A_code_works_once_and_its_second_use_kills_what_the_first_gave(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        var app = new OAuthApp(server);
        using var browser = server.OpenBrowser();
        var code = await app.ObtainCodeAsync(browser);
        var first = await app.RedeemAsync(code);
        var next = await app.RefreshAsync(first.RefreshToken);
        Assert.True(await app.WorksAsync(next.AccessToken));

        Assert.Equal("invalid_grant", (await app.RedeemAsync(code)).Error);

        Assert.False(await app.WorksAsync(first.AccessToken));
        Assert.False(await app.WorksAsync(next.AccessToken));
        Assert.Equal("invalid_grant", (await app.RefreshAsync(next.RefreshToken)).Error);
    }

    [Theory, EachEngine]
    public async Task Of_many_requests_with_one_code_one_succeeds(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        var app = new OAuthApp(server);
        using var browser = server.OpenBrowser();
        var code = await app.ObtainCodeAsync(browser);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => app.RedeemAsync(code)));
        var success = Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.All(answers.Except([success]), answer => Assert.Equal("invalid_grant", answer.Error));
        Assert.False(await app.WorksAsync(success.AccessToken));
    }

    [Fact]
    public async Task A_wrong_verifier_or_redirect_uri_is_refused_and_the_code_stays_good()
    {
        await using var server = await AuthServer.StartAsync();
        await server.CreateAccountAsync();
        var app = new OAuthApp(server);
        using var browser = server.OpenBrowser();
        var code = await app.ObtainCodeAsync(browser);
        Assert.Equal("invalid_grant", (await app.RedeemAsync(code, ("code_verifier", new string('a', 43)))).Error);
        Assert.Equal("invalid_grant", (await app.RedeemAsync(code, ("code_verifier", "short"))).Error);
        Assert.Equal("invalid_grant", (await app.RedeemAsync(code, ("redirect_uri", "http://127.0.0.1:9/other"))).Error);
        Assert.Equal("invalid_request", (await app.RedeemAsync(code, ("code_verifier", null))).Error);
        Assert.Equal("invalid_request", (await app.RedeemAsync(code, ("redirect_uri", null))).Error);
        Assert.Equal(HttpStatusCode.OK, (await app.RedeemAsync(code)).Status);
    }

    [Fact]
    public async Task A_code_lives_a_minute()
    {
        await using var server = await AuthServer.StartAsync();
        await server.CreateAccountAsync();
        var app = new OAuthApp(server);
        using var browser = server.OpenBrowser();
        var early = await app.ObtainCodeAsync(browser);
        server.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(HttpStatusCode.OK, (await app.RedeemAsync(early)).Status);
        var late = await app.ObtainCodeAsync(browser);
        server.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal("invalid_grant", (await app.RedeemAsync(late)).Error);
    }

    [Fact]
    public async Task Another_client_cannot_use_a_code()
    {
        await using var server = await AuthServer.StartAsync();
        await server.CreateAccountAsync();
        await server.RegisterAsync(AuthServer.Bot with { ClientId = "other" });
        var app = new OAuthApp(server);
        using var browser = server.OpenBrowser();
        var code = await app.ObtainCodeAsync(browser);
        Assert.Equal("invalid_grant", (await new OAuthApp(server, "other").RedeemAsync(code, ("code_verifier", app.Verifier))).Error);
        Assert.Equal(HttpStatusCode.OK, (await app.RedeemAsync(code)).Status);
    }
}
