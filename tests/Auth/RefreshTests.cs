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
        var third = await app.RefreshAsync(second.RefreshToken);
        Assert.Equal(HttpStatusCode.OK, third.Status);

        Assert.Equal("invalid_grant", (await app.RefreshAsync(first.RefreshToken)).Error);

        foreach (var tokens in new[] { first, second, third })
            Assert.False(await app.WorksAsync(tokens.AccessToken));
        Assert.Equal("invalid_grant", (await app.RefreshAsync(third.RefreshToken)).Error);
        Assert.Contains(server.Logs.Lines, line => line.Level == LogLevel.Warning && line.Text.Contains("used twice", StringComparison.Ordinal));
    }

    [Theory, EachEngine]
    public async Task Of_many_refreshes_with_one_token_all_get_the_same_successor(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var (app, first) = await SignedInAppAsync(server);
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => app.RefreshAsync(first.RefreshToken)));
        var successor = Assert.Single(answers.Select(answer => answer.RefreshToken).Distinct());
        Assert.Equal(HttpStatusCode.OK, (await app.RefreshAsync(successor)).Status);
        Assert.Equal("invalid_grant", (await app.RefreshAsync(first.RefreshToken)).Error);
        Assert.False(await app.WorksAsync(answers[0].AccessToken));
    }

    [Theory, EachEngine]
    public async Task An_answer_that_was_lost_is_given_again_until_it_was_used(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var (app, first) = await SignedInAppAsync(server);
        var lost = await app.RefreshAsync(first.RefreshToken);
        server.Clock.Jump(TimeSpan.FromDays(20));
        var again = await app.RefreshAsync(first.RefreshToken);
        Assert.Equal(lost.RefreshToken, again.RefreshToken);
        Assert.True(await app.WorksAsync(again.AccessToken));
        var next = await app.RefreshAsync(again.RefreshToken);
        Assert.True(await app.WorksAsync(next.AccessToken));

        Assert.Equal("invalid_grant", (await app.RefreshAsync(first.RefreshToken)).Error);
        Assert.Equal("invalid_grant", (await app.RefreshAsync(next.RefreshToken)).Error);
    }

    [Theory, EachEngine]
    public async Task A_public_app_may_ask_again_for_a_minute_only(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        await server.RegisterAsync(AuthorizationRequestTests.PublicApp);
        var app = new OAuthApp(server, "desktop", secret: null);
        using var browser = server.OpenBrowser();
        var first = await app.RedeemAsync(await app.ObtainCodeAsync(browser));
        var second = await app.RefreshAsync(first.RefreshToken);
        server.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(second.RefreshToken, (await app.RefreshAsync(first.RefreshToken)).RefreshToken);
        server.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("invalid_grant", (await app.RefreshAsync(first.RefreshToken)).Error);
        Assert.Equal("invalid_grant", (await app.RefreshAsync(second.RefreshToken)).Error);
    }

    [Theory, EachEngine]
    public async Task A_lost_answer_is_not_given_again_once_the_family_is_revoked_or_the_token_too_old(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var (app, first) = await SignedInAppAsync(server);
        var second = await app.RefreshAsync(first.RefreshToken);
        server.Clock.Jump(TimeSpan.FromDays(60));
        Assert.Equal("invalid_grant", (await app.RefreshAsync(first.RefreshToken)).Error);
        Assert.Equal("invalid_grant", (await app.RefreshAsync(second.RefreshToken)).Error);

        using var browser = server.OpenBrowser();
        var third = await app.RedeemAsync(await app.ObtainCodeAsync(browser));
        await app.RevokeAsync((await app.RefreshAsync(third.RefreshToken)).RefreshToken);
        Assert.Equal("invalid_grant", (await app.RefreshAsync(third.RefreshToken)).Error);
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
            server.Clock.Jump(TimeSpan.FromDays(59));
            tokens = await app.RefreshAsync(tokens.RefreshToken);
            Assert.Equal(HttpStatusCode.OK, tokens.Status);
        }

        server.Clock.Jump(TimeSpan.FromDays(60));
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
