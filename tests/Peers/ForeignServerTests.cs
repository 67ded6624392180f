using System.Text.Json;
using Rally.Auth.Links;
using Rally.Bot.Network;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Peers.Tests;

/// <summary>oidc-provider serves as a foreign server for our client side: Auth's links, and the bot's network client.</summary>
public sealed class ForeignServerTests
{
    private const string Secret = "foreign+secret/with:odd%signs-0123456789";

    [Theory, EachEngine]
    public async Task An_account_at_a_foreign_server_is_linked_by_signing_in_there_and_nothing_else_links_it(Engine engine)
    {
        var port = NodePeer.FreePort();
        await using var network = await AuthHost.StartAsync(engine, options =>
        {
            Use(options.Links.Discord, "our-discord-app", Secret);
            Use(options.Links.Twitch, "our-twitch-app", Secret + "-of-another");
        });

        var printed = await NodePeer.RunAsync("foreign-links.mjs", JsonSerializer.Serialize(new
        {
            port,
            ours = network.Address,
            clients = new[]
            {
                new { provider = "discord", clientId = "our-discord-app", clientSecret = Secret },
                new { provider = "twitch", clientId = "our-twitch-app", clientSecret = Secret },
            },
            username = "alice",
            password = AuthHost.Password,
        }));

        Assert.Equal(14, NodePeer.Passed(printed));

        void Use(OAuthLinkOptions app, string clientId, string secret) =>
            (app.ClientId, app.ClientSecret, app.AuthorizationEndpoint, app.TokenEndpoint, app.UserEndpoint) =
            (clientId, secret, new Uri($"http://127.0.0.1:{port}/oauth2/authorize"), new Uri($"http://127.0.0.1:{port}/oauth2/token"),
                new Uri($"http://127.0.0.1:{port}/users/@me"));
    }

    [Fact]
    public async Task The_bots_client_keeps_to_the_protocol_at_a_foreign_server()
    {
        await using var site = await ForeignServer.StartAsync(Secret);
        var verifier = RallyOAuth.NewCodeVerifier();

        var denied = await site.AuthorizeAsync("a-state", verifier, "deny");
        Assert.Equal(("access_denied", "a-state", site.Address.GetLeftPart(UriPartial.Authority)), (denied["error"], denied["state"], denied["iss"]));

        var allowed = await site.AuthorizeAsync("a-state", verifier, "allow");
        Assert.Equal("a-state", allowed["state"]);
        await Assert.ThrowsAsync<GrantRefusedException>(() => site.OAuth.ExchangeCodeAsync(allowed["code"]!, RallyOAuth.NewCodeVerifier(), default));

        var code = (await site.AuthorizeAsync("a-state", verifier, "allow"))["code"]!;
        var first = await site.OAuth.ExchangeCodeAsync(code, verifier, default);
        Assert.Equal(RallyOAuth.FanScopes.Split(' ').Order(), first.Scope!.Split(' ').Order());
        var second = await site.OAuth.RefreshAsync(first.RefreshToken!, default);
        Assert.NotEqual((first.AccessToken, first.RefreshToken), (second.AccessToken, second.RefreshToken));
        await Assert.ThrowsAsync<GrantRefusedException>(() => site.OAuth.RefreshAsync(first.RefreshToken!, default));
        // Whoever used the old one again has ended the family.
        await Assert.ThrowsAsync<GrantRefusedException>(() => site.OAuth.RefreshAsync(second.RefreshToken!, default));

        var other = await site.OAuth.ExchangeCodeAsync((await site.AuthorizeAsync("a-state", verifier, "allow"))["code"]!, verifier, default);
        await site.OAuth.RevokeAsync(other.RefreshToken!, default);
        await Assert.ThrowsAsync<GrantRefusedException>(() => site.OAuth.RefreshAsync(other.RefreshToken!, default));

        var replayed = (await site.AuthorizeAsync("a-state", verifier, "allow"))["code"]!;
        var taken = await site.OAuth.ExchangeCodeAsync(replayed, verifier, default);
        await Assert.ThrowsAsync<GrantRefusedException>(() => site.OAuth.ExchangeCodeAsync(replayed, verifier, default));
        await Assert.ThrowsAsync<GrantRefusedException>(() => site.OAuth.RefreshAsync(taken.RefreshToken!, default));
    }

    [Fact]
    public async Task The_bots_own_token_comes_from_a_foreign_server_and_its_faults_are_told_as_such()
    {
        await using var site = await ForeignServer.StartAsync(Secret);
        using var own = new AppToken(site.OAuth, TimeProvider.System);
        var token = await own.GetAsync(default);
        Assert.Equal(token, await own.GetAsync(default));
        own.Forget(token);
        Assert.NotEqual(token, await own.GetAsync(default));

        foreach (var fault in new[] { "down", "page", "error-page", "empty" })
        {
            await site.BreakTokensAsync(fault);
            await Assert.ThrowsAsync<NetworkException>(() => site.OAuth.ClientCredentialsAsync(default));
        }

        await site.BreakTokensAsync("none");
        var stranger = site.OAuthWith(Secret + "-of-another");
        var refused = await Assert.ThrowsAsync<NetworkException>(() => stranger.ClientCredentialsAsync(default));
        Assert.Contains("401 invalid_client", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, refused.ToString(), StringComparison.Ordinal);
    }
}
