using System.Net;
using System.Text.Json;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

public sealed class IntrospectionTests
{
    [Theory, EachEngine]
    public async Task A_client_learns_what_its_own_tokens_are_good_for(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var alice = await server.CreateAccountAsync();
        var app = new OAuthApp(server);
        using var browser = server.OpenBrowser();
        var tokens = await app.RedeemAsync(await app.ObtainCodeAsync(browser, ("authorization_details", OAuthApp.IdentityLink)));
        var self = server.Address.GetLeftPart(UriPartial.Authority);
        var inAnHour = server.Clock.GetUtcNow().AddHours(1).ToUnixTimeSeconds();
        var in60Days = server.Clock.GetUtcNow().AddDays(60).ToUnixTimeSeconds();
        Assert.Equal(
            $$"""{"active":true,"iss":"{{self}}","client_id":"bot","scope":"balances:read profile","token_type":"Bearer","exp":{{inAnHour}},"sub":"{{alice}}","username":"alice","authorization_details":{{OAuthApp.IdentityLink}}}""",
            Raw(await app.IntrospectAsync(tokens.AccessToken)));
        Assert.Equal(
            $$"""{"active":true,"iss":"{{self}}","client_id":"bot","scope":"balances:read profile","exp":{{in60Days}},"sub":"{{alice}}","username":"alice","authorization_details":{{OAuthApp.IdentityLink}}}""",
            Raw(await app.IntrospectAsync(tokens.RefreshToken)));

        var own = await app.ClientTokenAsync("webhooks:manage");
        Assert.Equal(
            $$"""{"active":true,"iss":"{{self}}","client_id":"bot","scope":"webhooks:manage","token_type":"Bearer","exp":{{inAnHour}}}""",
            Raw(await app.IntrospectAsync(own.AccessToken)));
        var nameless = await app.RefreshAsync(tokens.RefreshToken, ("scope", "balances:read"));
        Assert.False((await app.IntrospectAsync(nameless.AccessToken)).Json.TryGetProperty("username", out _));
    }

    [Theory, EachEngine]
    public async Task A_token_that_works_no_more_and_one_of_another_client_are_not_active(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.RegisterAsync(AuthServer.Bot with { ClientId = "other" });
        var (app, first) = await RefreshTests.SignedInAppAsync(server);
        var other = new OAuthApp(server, "other");
        async Task AssertInactiveAsync(OAuthApp who, string token) => Assert.Equal("""{"active":false}""", Raw(await who.IntrospectAsync(token)));

        await AssertInactiveAsync(other, first.AccessToken);
        await AssertInactiveAsync(other, first.RefreshToken);
        await AssertInactiveAsync(app, "nonsense");
        await AssertInactiveAsync(app, new string('A', 43));
        var second = await app.RefreshAsync(first.RefreshToken);
        await AssertInactiveAsync(app, first.RefreshToken);
        await app.RevokeAsync(first.AccessToken);
        await AssertInactiveAsync(app, first.AccessToken);
        server.Clock.Advance(TimeSpan.FromHours(1));
        await AssertInactiveAsync(app, second.AccessToken);
        Assert.True((await app.IntrospectAsync(second.RefreshToken)).Json.GetProperty("active").GetBoolean());
        await app.RevokeAsync(second.RefreshToken);
        await AssertInactiveAsync(app, second.RefreshToken);
    }

    [Fact]
    public async Task Nobody_introspects_without_proof_of_who_they_are()
    {
        await using var server = await AuthServer.StartAsync();
        await server.RegisterAsync(AuthorizationRequestTests.PublicApp);
        foreach (var app in new[] { new OAuthApp(server, "desktop", null), new OAuthApp(server, "bot", "wrong"), new OAuthApp(server, "nobody") })
        {
            var answer = await app.IntrospectAsync(new string('A', 43));
            Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (answer.Status, answer.Error));
        }

        Assert.Equal("invalid_request", (await new OAuthApp(server).IntrospectAsync("")).Error);
    }

    private static string Raw(OAuthApp.Answer answer)
    {
        Assert.Equal((HttpStatusCode.OK, "no-store"), (answer.Status, answer.Response.Headers.CacheControl?.ToString()));
        return JsonSerializer.Serialize(answer.Json);
    }
}
