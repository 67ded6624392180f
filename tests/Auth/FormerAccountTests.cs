using System.Net;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

/// <summary>Who somebody is, asked as at the former Rally.</summary>
public sealed class FormerAccountTests
{
    [Theory, EachEngine]
    public async Task An_app_learns_who_those_are_that_linked_it_and_nobody_else(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var (alice, mallory) = (await server.CreateAccountAsync(), await server.CreateAccountAsync("mallory"));
        var app = new FormerApp(server);
        await app.SignInAsync();
        using var browser = server.OpenBrowser();
        await app.LinkAsync(browser);

        foreach (var id in new[] { $"{alice:D}", $"{alice:N}" })
        {
            Assert.Equal($$"""{"username":"alice","rnbUserId":"{{alice:D}}"}""", (await app.GetAsync($"/v1/users/rally/{id}/userinfo")).Json.GetRawText());
            foreach (var path in new[] { $"/api/accounts/{id}", $"/api/accounts?rallyNetworkWalletId={id}" })
                Assert.Equal($$"""{"id":"{{alice:N}}","username":"alice","rallyNetworkWalletIds":["{{alice:N}}"]}""", (await app.GetAsync(path)).Json.GetRawText());
        }

        foreach (var id in new[] { mallory, Guid.NewGuid() })
        {
            foreach (var path in new[] { $"/v1/users/rally/{id}/userinfo", $"/api/accounts/{id}", $"/api/accounts?rallyNetworkWalletId={id}" })
            {
                var refused = await app.GetAsync(path);
                Assert.Equal((HttpStatusCode.Forbidden, "The token does not reach this account: its owner must link the app first."), (refused.Status, refused.Error));
            }
        }

        await browser.PressAsync(await browser.OpenAsync("/account"), "Revoke");
        Assert.Equal(HttpStatusCode.Forbidden, (await app.GetAsync($"/v1/users/rally/{alice}/userinfo")).Status);
    }

    [Fact]
    public async Task A_token_that_a_person_gave_reaches_that_person_only()
    {
        await using var server = await AuthServer.StartAsync();
        var (alice, mallory) = (await server.CreateAccountAsync(), await server.CreateAccountAsync("mallory"));
        var (former, standard) = (new FormerApp(server), new OAuthApp(server));
        using var browser = server.OpenBrowser();
        using var other = server.OpenBrowser();
        var page = await other.SignInAsync(await other.OpenAsync(standard.AuthorizeUrl()), "mallory");
        await other.PressAsync(page, "Allow");
        former.AccessToken = (await standard.RedeemAsync(await standard.ObtainCodeAsync(browser))).AccessToken;

        Assert.Equal("alice", (await former.GetAsync($"/v1/users/rally/{alice}/userinfo"))["username"]);
        Assert.Equal(HttpStatusCode.Forbidden, (await former.GetAsync($"/v1/users/rally/{mallory}/userinfo")).Status);
        former.AccessToken = null;
        Assert.Equal(HttpStatusCode.Unauthorized, (await former.GetAsync($"/v1/users/rally/{alice}/userinfo")).Status);
        former.AccessToken = (await former.RegisterAsync())["access_token"];
        Assert.Equal(HttpStatusCode.BadRequest, (await former.GetAsync("/api/accounts")).Status);
    }
}
