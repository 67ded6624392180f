using System.Net;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

public sealed class AuthorizationCodeTests
{
    [Theory, EachEngine]
    public async Task A_fan_signs_in_consents_and_the_app_learns_who_it_is(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var rallyId = await server.CreateAccountAsync();
        var app = new OAuthApp(server);
        using var browser = server.OpenBrowser();

        var signIn = await browser.OpenAsync(app.AuthorizeUrl(("authorization_details", OAuthApp.IdentityLink)));
        Assert.Equal("Sign in", signIn.Title);
        Assert.Contains("Rally Bot will link the Rally account you sign in with to the Discord account fan (123)", signIn.Text, StringComparison.Ordinal);

        var consent = await browser.SignInAsync(signIn);
        Assert.Equal("Allow Rally Bot?", consent.Title);
        Assert.Contains("Rally Bot by The operator asks", consent.Text, StringComparison.Ordinal);
        Assert.Contains("Rally Bot will link your Rally account alice to the Discord account fan (123)", consent.Text, StringComparison.Ordinal);
        Assert.Contains("See your user name and Rally id", consent.Text, StringComparison.Ordinal);
        Assert.Contains("See which coins you hold", consent.Text, StringComparison.Ordinal);

        var left = (await browser.PressAsync(consent, "Allow")).Left!;
        Assert.Equal(AuthServer.Callback, left.GetLeftPart(UriPartial.Path));
        var query = OAuthApp.Query(left);
        Assert.Equal(["code", "iss", "state"], query.Keys.Order());
        Assert.Equal("state-of-the-app", query["state"]);
        Assert.Equal(server.Address.GetLeftPart(UriPartial.Authority), query["iss"]);

        var tokens = await app.RedeemAsync(query["code"]);
        Assert.Equal(HttpStatusCode.OK, tokens.Status);
        Assert.Equal("no-store", tokens.Response.Headers.CacheControl?.ToString());
        Assert.Equal("Bearer", tokens.Json.GetProperty("token_type").GetString());
        Assert.Equal(3600, tokens.Json.GetProperty("expires_in").GetInt64());
        Assert.Equal("balances:read profile", tokens.Json.GetProperty("scope").GetString());
        Assert.Equal(OAuthApp.IdentityLink, tokens.Json.GetProperty("authorization_details").GetRawText());

        var user = await OAuthApp.ReadAsync(await app.CallAsync("/oauth2/userinfo", tokens.AccessToken));
        Assert.Equal(rallyId, user.GetProperty("sub").GetGuid());
        Assert.Equal("alice", user.GetProperty("username").GetString());
        Assert.Equal(rallyId, user.GetProperty("rnbUserId").GetGuid());
    }
}
