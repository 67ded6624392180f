using System.Net;
using Microsoft.Extensions.Logging;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

public sealed class RefreshTests
{
    [Theory, EachEngine]
    public async Task A_refresh_token_is_replaced_and_its_second_use_kills_the_family(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var (app, first) = await SignedInAppAsync(server);
        var second = await app.RefreshAsync(first.RefreshToken);
        Assert.Equal(HttpStatusCode.OK, second.Status);
        Assert.NotEqual(first.RefreshToken, second.RefreshToken);
        Assert.True(await app.WorksAsync(first.AccessToken));

        Assert.Equal("invalid_grant", (await app.RefreshAsync(first.RefreshToken)).Error);

        Assert.False(await app.WorksAsync(first.AccessToken));
        Assert.False(await app.WorksAsync(second.AccessToken));
        Assert.Equal("invalid_grant", (await app.RefreshAsync(second.RefreshToken)).Error);
        Assert.Contains(server.Logs.Lines, line => line.Level == LogLevel.Warning && line.Text.Contains("used twice", StringComparison.Ordinal));
    }

    [Theory, EachEngine]
    public async Task Of_many_refreshes_with_one_token_one_succeeds(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var (app, first) = await SignedInAppAsync(server);
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => app.RefreshAsync(first.RefreshToken)));
        var success = Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.All(answers.Except([success]), answer => Assert.Equal("invalid_grant", answer.Error));
        Assert.False(await app.WorksAsync(success.AccessToken));
    }

    [Fact]
    public async Task A_refresh_may_ask_for_less_but_never_for_more()
    {
        await using var server = await AuthServer.StartAsync();
        var (app, first) = await SignedInAppAsync(server);
        Assert.Equal("invalid_scope", (await app.RefreshAsync(first.RefreshToken, ("scope", "transfers:send"))).Error);
        var less = await app.RefreshAsync(first.RefreshToken, ("scope", "profile"));
        Assert.Equal("profile", less.Json.GetProperty("scope").GetString());
        var full = await app.RefreshAsync(less.RefreshToken);
        Assert.Equal("balances:read profile", full.Json.GetProperty("scope").GetString());
    }

    [Fact]
    public async Task A_refresh_token_lives_sixty_days_without_use_and_an_access_token_an_hour()
    {
        await using var server = await AuthServer.StartAsync();
        var (app, tokens) = await SignedInAppAsync(server);
        for (var use = 0; use < 3; use++)
        {
            server.Clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromSeconds(1));
            Assert.True(await app.WorksAsync(tokens.AccessToken));
            server.Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.False(await app.WorksAsync(tokens.AccessToken));
            server.Clock.Advance(TimeSpan.FromDays(59));
            tokens = await app.RefreshAsync(tokens.RefreshToken);
            Assert.Equal(HttpStatusCode.OK, tokens.Status);
        }

        server.Clock.Advance(TimeSpan.FromDays(60));
        Assert.Equal("invalid_grant", (await app.RefreshAsync(tokens.RefreshToken)).Error);
    }

    [Fact]
    public async Task Another_client_cannot_use_a_refresh_token_nor_spoil_it()
    {
        await using var server = await AuthServer.StartAsync();
        await server.RegisterAsync(AuthServer.Bot with { ClientId = "other" });
        var (app, tokens) = await SignedInAppAsync(server);
        Assert.Equal("invalid_grant", (await new OAuthApp(server, "other").RefreshAsync(tokens.RefreshToken)).Error);
        Assert.Equal(HttpStatusCode.OK, (await app.RefreshAsync(tokens.RefreshToken)).Status);
    }

    [Fact]
    public async Task A_client_without_that_grant_gets_no_refresh_token()
    {
        await using var server = await AuthServer.StartAsync();
        await server.RegisterAsync(AuthServer.Bot with { GrantTypes = ["authorization_code"] });
        var (app, tokens) = await SignedInAppAsync(server);
        Assert.False(tokens.Json.TryGetProperty("refresh_token", out _));
        Assert.Equal("unauthorized_client", (await app.RefreshAsync(tokens.AccessToken)).Error);
    }

    internal static async Task<(OAuthApp App, OAuthApp.Answer Tokens)> SignedInAppAsync(AuthServer server)
    {
        await server.CreateAccountAsync();
        var app = new OAuthApp(server);
        using var browser = server.OpenBrowser();
        return (app, await app.RedeemAsync(await app.ObtainCodeAsync(browser)));
    }
}
