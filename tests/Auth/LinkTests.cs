using Rally.Auth.Links;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

public sealed class LinkTests
{
    private static ProvenIdentity Identity(string subject = "123", string name = "fan", LinkProvider? provider = null) =>
        new(provider ?? LinkProvider.Discord, subject, name, LinkFlow.OAuth);

    [Theory, EachEngine]
    public async Task A_link_tells_when_how_and_from_where_and_keeps_its_age(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var alice = await server.CreateAccountAsync();
        var made = server.Clock.GetUtcNow();

        Assert.IsType<MakeLink.Result.Linked>(await LinkAsync(server, alice, Identity() with { GuildId = "900" }));
        server.Clock.Jump(TimeSpan.FromDays(3));
        Assert.IsType<MakeLink.Result.Linked>(await LinkAsync(server, alice, Identity(name: "renamed")));
        Assert.IsType<MakeLink.Result.Linked>(await LinkAsync(server, alice, Identity(provider: LinkProvider.Twitch)));

        var links = await LinksOfAsync(server, alice);
        Assert.Equal(["discord", "twitch"], links.Select(link => link.Provider));
        Assert.Equal(("123", "renamed", "oauth", "900"), (links[0].Subject, links[0].Name, links[0].Flow, links[0].GuildId));
        Assert.Equal((made.ToUnixTimeMilliseconds(), null), (links[0].LinkedAt.ToUnixTimeMilliseconds(), links[1].GuildId));
    }

    [Theory, EachEngine]
    public async Task An_account_has_one_identity_of_a_provider(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var alice = await server.CreateAccountAsync();
        await LinkAsync(server, alice, Identity());

        Assert.Equal(new MakeLink.Result.HasOther("fan"), await LinkAsync(server, alice, Identity("456", "other")));
        Assert.True(await server.Get<RemoveLink>().ExecuteAsync(alice, "discord", "123", default));
        Assert.False(await server.Get<RemoveLink>().ExecuteAsync(alice, "discord", "123", default));
        Assert.IsType<MakeLink.Result.Linked>(await LinkAsync(server, alice, Identity("456", "other")));
    }

    [Theory, EachEngine]
    public async Task An_identity_moves_only_when_the_account_that_has_it_agrees(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var (alice, bob) = (await server.CreateAccountAsync(), await server.CreateAccountAsync("bob"));
        await LinkAsync(server, alice, Identity());
        server.Clock.Jump(TimeSpan.FromDays(3));

        Assert.IsType<MakeLink.Result.MoveAsked>(await LinkAsync(server, bob, Identity(name: "fan now")));
        Assert.Single(await LinksOfAsync(server, alice));
        Assert.Empty(await LinksOfAsync(server, bob));
        var move = Assert.Single(await server.Get<LinkStore>().MovesOfAsync(alice, default));
        Assert.Equal((alice, bob, "bob"), (move.FromAccount, move.ToAccount, move.ToUserName));

        var moveLink = server.Get<MoveLink>();
        Assert.IsType<MoveLink.Result.NotAsked>(await moveLink.AgreeAsync(bob, bob, "discord", "123", default));
        Assert.IsType<MoveLink.Result.NotAsked>(await moveLink.AgreeAsync(alice, alice, "discord", "123", default));
        Assert.Equal(new MoveLink.Result.Moved("bob"), await moveLink.AgreeAsync(alice, bob, "discord", "123", default));
        Assert.Empty(await LinksOfAsync(server, alice));
        var moved = Assert.Single(await LinksOfAsync(server, bob));
        Assert.Equal(("fan now", server.Clock.GetUtcNow().ToUnixTimeMilliseconds()), (moved.Name, moved.LinkedAt.ToUnixTimeMilliseconds()));
        Assert.IsType<MoveLink.Result.NotAsked>(await moveLink.AgreeAsync(alice, bob, "discord", "123", default));
    }

    [Theory, EachEngine]
    public async Task A_request_to_move_ends_by_time_by_refusal_by_removal_and_by_another_link(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var (alice, bob) = (await server.CreateAccountAsync(), await server.CreateAccountAsync("bob"));
        var (store, moveLink) = (server.Get<LinkStore>(), server.Get<MoveLink>());
        await LinkAsync(server, alice, Identity());

        await LinkAsync(server, bob, Identity());
        server.Clock.Advance(MakeLink.MoveLifetime);
        Assert.Empty(await store.MovesOfAsync(alice, default));
        Assert.IsType<MoveLink.Result.NotAsked>(await moveLink.AgreeAsync(alice, bob, "discord", "123", default));

        foreach (var either in new[] { alice, bob })
        {
            await LinkAsync(server, bob, Identity());
            await moveLink.RefuseAsync(await server.CreateAccountAsync($"stranger-{either.ToString()[^4..]}"), "discord", "123", default);
            Assert.Single(await store.MovesOfAsync(bob, default));
            await moveLink.RefuseAsync(either, "discord", "123", default);
            Assert.IsType<MoveLink.Result.NotAsked>(await moveLink.AgreeAsync(alice, bob, "discord", "123", default));
        }

        await LinkAsync(server, bob, Identity());
        await LinkAsync(server, bob, Identity("456"));
        Assert.Equal(new MoveLink.Result.OtherHasOne("bob"), await moveLink.AgreeAsync(alice, bob, "discord", "123", default));
        Assert.Single(await LinksOfAsync(server, alice));

        await server.Get<RemoveLink>().ExecuteAsync(alice, "discord", "123", default);
        Assert.Empty(await store.MovesOfAsync(bob, default));
    }

    [Theory, EachEngine]
    public async Task Of_many_who_prove_one_identity_at_once_one_gets_it(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var accounts = new List<Guid>();
        for (var i = 0; i < 6; i++)
            accounts.Add(await server.CreateAccountAsync($"racer-{i}"));

        var results = await Task.WhenAll(accounts.Select(account => Task.Run(() => LinkAsync(server, account, Identity()))));

        Assert.Single(results.OfType<MakeLink.Result.Linked>());
        Assert.Equal(5, results.OfType<MakeLink.Result.MoveAsked>().Count());
        var owners = new List<Guid>();
        foreach (var account in accounts)
            owners.AddRange((await LinksOfAsync(server, account)).Select(link => link.AccountId));
        Assert.Single(owners);
    }

    [Theory, EachEngine]
    public async Task Of_many_identities_that_one_account_links_at_once_one_stays(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var alice = await server.CreateAccountAsync();

        var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() => LinkAsync(server, alice, Identity($"{i}")))));

        Assert.Single(results.OfType<MakeLink.Result.Linked>());
        Assert.Single(await LinksOfAsync(server, alice));
    }

    [Theory, EachEngine]
    public async Task Agreeing_and_removing_at_once_leaves_one_owner_or_none(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var (alice, bob) = (await server.CreateAccountAsync(), await server.CreateAccountAsync("bob"));
        await LinkAsync(server, alice, Identity());
        await LinkAsync(server, bob, Identity());

        var agreed = Task.Run(() => server.Get<MoveLink>().AgreeAsync(alice, bob, "discord", "123", default));
        var removed = await Task.Run(() => server.Get<RemoveLink>().ExecuteAsync(alice, "discord", "123", default));

        Assert.Equal(!removed, await agreed is MoveLink.Result.Moved);
        Assert.Empty(await LinksOfAsync(server, alice));
        Assert.Equal(removed ? 0 : 1, (await LinksOfAsync(server, bob)).Count);
    }

    [Theory, EachEngine]
    public async Task Unlinking_withdraws_what_apps_were_allowed_through_that_identity_and_nothing_else(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var alice = await server.CreateAccountAsync();
        await server.RegisterAsync(AuthServer.Bot with { ClientId = "wallet-app" });
        using var browser = server.OpenBrowser();
        var (bot, other) = (new OAuthApp(server), new OAuthApp(server, "wallet-app"));
        var ofBot = await bot.RedeemAsync(await bot.ObtainCodeAsync(browser, ("authorization_details", OAuthApp.IdentityLink)));
        var ofOther = await other.RedeemAsync(await other.ObtainCodeAsync(browser));
        await LinkAsync(server, alice, Identity());
        await LinkAsync(server, alice, Identity(provider: LinkProvider.Twitch));

        await server.Get<RemoveLink>().ExecuteAsync(alice, "twitch", "123", default);
        Assert.True(await bot.WorksAsync(ofBot.AccessToken));
        await server.Get<RemoveLink>().ExecuteAsync(alice, "discord", "123", default);

        Assert.False(await bot.WorksAsync(ofBot.AccessToken));
        Assert.Equal("invalid_grant", (await bot.RefreshAsync(ofBot.RefreshToken)).Error);
        Assert.True(await other.WorksAsync(ofOther.AccessToken));
    }

    [Theory, EachEngine]
    public async Task Links_go_with_their_account(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var (alice, bob) = (await server.CreateAccountAsync(), await server.CreateAccountAsync("bob"));
        await LinkAsync(server, alice, Identity());
        await LinkAsync(server, bob, Identity());
        var account = await server.Get<Accounts.AccountStore>().FindAsync(alice, default);
        await server.Get<Accounts.AccountStore>().DeleteAsync(account!, default);

        Assert.Empty(await server.Get<LinkStore>().MovesOfAsync(bob, default));
        Assert.IsType<MakeLink.Result.Linked>(await LinkAsync(server, bob, Identity()));
    }

    internal static Task<MakeLink.Result> LinkAsync(AuthServer server, Guid account, ProvenIdentity identity) =>
        server.Get<MakeLink>().ExecuteAsync(account, identity, default);

    internal static Task<IReadOnlyList<LinkStore.Link>> LinksOfAsync(AuthServer server, Guid account) =>
        server.Get<LinkStore>().OfAsync(account, default);
}
