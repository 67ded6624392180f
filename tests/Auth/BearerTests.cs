using System.Net;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

public sealed class BearerTests
{
    [Fact]
    public async Task Refusals_say_why_as_the_rfc_has_it()
    {
        await using var server = await AuthServer.StartAsync();
        var app = new OAuthApp(server);
        var without = await app.CallAsync("/oauth2/userinfo", null);
        Assert.Equal((HttpStatusCode.Unauthorized, "Bearer realm=\"api\", DPoP realm=\"api\", algs=\"RS256 ES256\""), (without.StatusCode, without.Headers.WwwAuthenticate.ToString()));
        foreach (var token in new[] { "x", new string('A', 43), new string('é', 43) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/oauth2/userinfo");
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + Uri.EscapeDataString(token));
            var wrong = await server.Http.SendAsync(request);
            Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
            Assert.Contains("error=\"invalid_token\"", wrong.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        }

        var own = await app.ClientTokenAsync();
        var nobody = await app.CallAsync("/oauth2/userinfo", own.AccessToken);
        Assert.Equal(HttpStatusCode.Forbidden, nobody.StatusCode);
        Assert.Contains("error=\"insufficient_scope\"", nobody.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_in_the_query_or_a_browser_session_opens_nothing()
    {
        await using var server = await AuthServer.StartAsync();
        var (_, tokens) = await RefreshTests.SignedInAppAsync(server);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.Http.GetAsync($"/oauth2/userinfo?access_token={tokens.AccessToken}")).StatusCode);
        using var browser = server.OpenBrowser();
        await browser.SignInAsync(await browser.OpenAsync("/sign-in"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.OpenAsync("/oauth2/userinfo")).Status);
    }

    [Theory, EachEngine]
    public async Task A_token_acts_on_its_own_account_within_its_scopes(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var (app, tokens) = await RefreshTests.SignedInAppAsync(server);
        var alice = (await OAuthApp.ReadAsync(await app.CallAsync("/oauth2/userinfo", tokens.AccessToken))).GetProperty("sub").GetGuid();
        var bob = await server.CreateAccountAsync("bob");
        Assert.Equal(HttpStatusCode.OK, await OperateAsync(app, tokens, alice, "balances:read"));
        Assert.Equal(HttpStatusCode.Forbidden, await OperateAsync(app, tokens, alice, "transfers:send"));
        Assert.Equal(HttpStatusCode.Forbidden, await OperateAsync(app, tokens, bob, "balances:read"));
    }

    [Theory, EachEngine]
    public async Task A_clients_own_token_acts_on_accounts_that_consented_as_long_as_they_do(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var (app, tokens) = await RefreshTests.SignedInAppAsync(server);
        var alice = (await OAuthApp.ReadAsync(await app.CallAsync("/oauth2/userinfo", tokens.AccessToken))).GetProperty("sub").GetGuid();
        var bob = await server.CreateAccountAsync("bob");
        var own = await app.ClientTokenAsync();
        var narrow = await app.ClientTokenAsync("webhooks:manage");
        Assert.Equal(HttpStatusCode.OK, await OperateAsync(app, own, alice, "balances:read"));
        Assert.Equal(HttpStatusCode.Forbidden, await OperateAsync(app, narrow, alice, "balances:read"));
        Assert.Equal(HttpStatusCode.Forbidden, await OperateAsync(app, own, alice, "transfers:send"));
        Assert.Equal(HttpStatusCode.Forbidden, await OperateAsync(app, own, bob, "balances:read"));

        using var browser = server.OpenBrowser();
        var account = await browser.SignInAsync(await browser.OpenAsync("/sign-in"));
        Assert.Contains(alice.ToString(), account.Text, StringComparison.Ordinal);
        account = await browser.PressAsync(account, "Revoke");
        Assert.Contains("None.", account.Text, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.Forbidden, await OperateAsync(app, own, alice, "balances:read"));
        Assert.False(await app.WorksAsync(tokens.AccessToken));
        Assert.Equal("invalid_grant", (await app.RefreshAsync(tokens.RefreshToken)).Error);
    }

    [Theory, EachEngine]
    public async Task Revoking_an_access_token_ends_it_and_revoking_a_refresh_token_ends_the_family(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.RegisterAsync(AuthServer.Bot with { ClientId = "other" });
        var (app, first) = await RefreshTests.SignedInAppAsync(server);
        var second = await app.RefreshAsync(first.RefreshToken);

        Assert.Equal("invalid_grant", (await new OAuthApp(server, "other").RevokeAsync(second.RefreshToken)).Error);
        Assert.Equal(HttpStatusCode.OK, (await app.RevokeAsync("unknown")).Status);
        Assert.Equal(HttpStatusCode.OK, (await app.RevokeAsync(first.AccessToken)).Status);
        Assert.False(await app.WorksAsync(first.AccessToken));
        Assert.True(await app.WorksAsync(second.AccessToken));

        Assert.Equal(HttpStatusCode.OK, (await app.RevokeAsync(second.RefreshToken)).Status);
        Assert.False(await app.WorksAsync(second.AccessToken));
        Assert.Equal("invalid_grant", (await app.RefreshAsync(second.RefreshToken)).Error);
    }

    [Theory, EachEngine]
    public async Task With_an_accounts_last_grant_the_clients_own_token_loses_the_account_too(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var (app, tokens) = await RefreshTests.SignedInAppAsync(server);
        var alice = (await OAuthApp.ReadAsync(await app.CallAsync("/oauth2/userinfo", tokens.AccessToken))).GetProperty("sub").GetGuid();
        var own = await app.ClientTokenAsync();
        Assert.Equal(HttpStatusCode.OK, await OperateAsync(app, own, alice, "balances:read"));
        Assert.Equal(HttpStatusCode.OK, (await app.RevokeAsync(tokens.RefreshToken)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, await OperateAsync(app, own, alice, "balances:read"));
    }

    [Theory, EachEngine]
    public async Task A_scope_taken_from_the_client_is_gone_from_refreshed_tokens(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var (app, tokens) = await RefreshTests.SignedInAppAsync(server);
        await server.RegisterAsync(AuthServer.Bot with { Scopes = ["profile"] });
        var refreshed = await app.RefreshAsync(tokens.RefreshToken);
        Assert.Equal("profile", refreshed.Json.GetProperty("scope").GetString());
        await server.RegisterAsync(AuthServer.Bot with { Scopes = ["webhooks:manage"] });
        Assert.Equal("invalid_grant", (await app.RefreshAsync(refreshed.RefreshToken)).Error);
    }

    private static async Task<HttpStatusCode> OperateAsync(OAuthApp app, OAuthApp.Answer tokens, Guid account, string operation) =>
        (await app.CallAsync($"/sample/{account}/{operation}", tokens.AccessToken)).StatusCode;
}
