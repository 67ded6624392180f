using System.Collections.Concurrent;
using System.Globalization;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;
using Rally.Storage;
using Rally.Storage.Changes;
using Rally.Testing;
using Rally.Webhooks.Deliveries;
using Rally.Webhooks.Subscriptions;
using Rally.Webhooks.Tests.Setup;
using Xunit;

namespace Rally.Webhooks.Tests;

/// <summary>Whom a commit wakes of all that wait for one, and where the others are then.</summary>
public sealed class WakeTests
{
    private static readonly Cursor End = new(7, 3, Step: 0);

    [Fact]
    public void An_event_wakes_of_ten_thousand_those_of_its_coin_and_those_of_all_coins()
    {
        var followers = new FeedFollowers();
        string[] types = ["transfer.posted"];
        var waiting = Enumerable.Range(0, 10_000).Select(i => Wait(followers, new(types, [Symbol(i % 1_000)]))).ToList();
        var ofAll = Wait(followers, new(types, Coins: null));
        var ofEverything = Wait(followers, new(Types: null, Coins: null));
        var ofOtherTypes = Wait(followers, new(["coin.status"], Coins: null));
        var ofMany = Wait(followers, new(types, [Symbol(5), Symbol(42)]));

        Wake(followers, Posted(Symbol(42)));

        Assert.Equal(10, waiting.Count(waits => waits.IsCompleted));
        Assert.Equal([true, true, false, true], new[] { ofAll, ofEverything, ofOtherTypes, ofMany }.Select(waits => waits.IsCompleted));

        // What is of no coin is for whoever asks for its type, whichever coins are named.
        Wake(followers, Changed("coin.status", coin: null));
        Assert.True(ofOtherTypes.IsCompleted);
        Assert.Equal(10, waiting.Count(waits => waits.IsCompleted));
        Wake(followers, Changed("coin.status", Symbol(7)));
        Assert.Equal(10, waiting.Count(waits => waits.IsCompleted));
    }

    [Fact]
    public void Who_has_left_is_woken_by_nothing_and_who_was_woken_is_where_the_first_event_is()
    {
        var followers = new FeedFollowers();
        var gone = followers.Add(new(null, ["PTM"]), endpoint: null);
        var waiting = gone.Wait(End, isAhead: false);
        gone.Dispose();
        var stays = followers.Add(new(null, ["PTM"]), endpoint: null);
        stays.Wait(End, isAhead: false);

        Wake(followers, Posted("PTM"));
        lock (followers.Gate)
            followers.Wake(Posted("PTM"), End with { Position = 100 });

        Assert.False(waiting.IsCompleted);
        Assert.Equal(End, stays.At);
    }

    [Theory, EachEngine]
    public async Task A_coins_transfer_has_nothing_done_for_the_endpoints_of_others_which_are_up_to_date_all_the_same(Engine engine)
    {
        var clients = new Clients();
        await using var network = await TestNetwork.StartAsync(engine, subscribers: clients);
        await using var receiver = await Receiver.StartAsync();
        var other = await network.SubscribeAsync(receiver.Url, ["BBB"], clientId: "of-another");
        for (var i = 0; i < 20; i++)
            await network.SubscribeAsync(receiver.Url, ["BBB"], clientId: "of-another");
        await network.SubscribeAsync(receiver.Url, ["AAA"], clientId: "of-it");
        await network.SubscribeAsync(receiver.Url, clientId: "of-all");
        await WaitingAsync(network, "of-another", "of-it", "of-all");
        clients.Asked.Clear();

        await network.LaunchAsync("AAA");

        await receiver.ArrivedAsync(2);
        await WaitingAsync(network, "of-another", "of-it", "of-all");
        // A pump that is woken asks whether its client may be told.
        Assert.Equal(["of-all", "of-it"], clients.Asked.Distinct().Order());
        using var client = network.Client("of-another");
        using var status = await client.GetAsync(new Uri($"api/webhook-endpoints/{other.Id}", UriKind.Relative));
        Assert.Contains("\"lag\":0", await status.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory, EachEngine]
    public async Task An_endpoint_that_asks_for_more_gets_none_of_what_passed_while_it_did_not(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        var subscription = await network.SubscribeAsync(receiver.Url, ["AAA"]);
        await network.LaunchAsync("BBB");
        await network.StatusAsync(subscription, "position", 1);

        await network.PatchAsync(subscription, new { coins = (string[]?)null });
        await network.LaunchAsync("CCC");

        Assert.Equal(2, Assert.Single(await receiver.ArrivedAsync(1)).Position);
    }

    [Theory, EachEngine]
    public async Task An_endpoint_that_nothing_comes_for_remembers_now_and_then_where_it_is_and_at_a_stop(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        var subscription = await network.SubscribeAsync(receiver.Url, ["AAA"]);
        await network.PostAsync(FeedTail.MostPassed + 1);
        await network.StatusAsync(subscription, "lag", 0);
        await Eventually.TrueAsync(async () => await StoredAsync(network) >= FeedTail.MostPassed, "the place is stored");

        await network.PostAsync(3);
        await network.StatusAsync(subscription, "lag", 0);
        await network.StopAsync();
        await network.StartAgainAsync();
        Assert.Equal(FeedTail.MostPassed + 4, await StoredAsync(network));
        await network.LaunchAsync("AAA");
        Assert.Equal(FeedTail.MostPassed + 5, Assert.Single(await receiver.ArrivedAsync(1)).Position);
    }

    private static string Symbol(int number) => string.Create(CultureInfo.InvariantCulture, $"C{number}");

    private static Task Wait(FeedFollowers followers, EventFilter filter)
    {
        var follower = followers.Add(filter, endpoint: null);
        return follower.Wait(End, isAhead: false);
    }

    private static void Wake(FeedFollowers followers, WebhookEvent happened)
    {
        lock (followers.Gate)
            followers.Wake(happened, End);
    }

    private static WebhookEvent Posted(string coin) => WebhookEvent.AllOf(
        new TransferPosted(8, Guid.NewGuid(), coin, Guid.NewGuid(), Guid.NewGuid(), Amount.Coins(1), "transfer", "", DateTimeOffset.UnixEpoch)).Single();

    private static WebhookEvent Changed(string type, string? coin) =>
        new(new Change { Number = 4, Place = 7, At = DateTimeOffset.UnixEpoch, Type = type, Topic = coin, Data = "{}" });

    /// <summary>Until all endpoints of these clients wait for what comes next.</summary>
    private static Task WaitingAsync(TestNetwork network, params string[] clients) => Eventually.TrueAsync(async () =>
    {
        foreach (var client in clients)
        {
            var all = await network.Services.GetRequiredService<ReadEndpoints>().ExecuteAsync(new(client), default);
            if (all.Any(one => network.Services.GetRequiredService<FeedTail>().Find(new(one.Endpoint.Id, one.Endpoint.Revision, one.Endpoint.Epoch)) is null
                || one.Lag != 0))
                return false;
        }

        return true;
    }, "all wait");

    private static Task<long> StoredAsync(TestNetwork network) => network.Services.GetRequiredService<Database>().ReadAsync(
        connection => connection.ExecuteScalarAsync<long>("SELECT position FROM webhook_endpoint"));

    /// <summary>All may be told; it is remembered of whom that was asked.</summary>
    private sealed class Clients : ISubscribers
    {
        public ConcurrentQueue<string> Asked { get; } = new();

        public Task<IReadOnlyDictionary<string, SubscriberState>> FindAsync(IReadOnlyCollection<string> clientIds, CancellationToken stop)
        {
            foreach (var id in clientIds)
                Asked.Enqueue(id);
            return Task.FromResult<IReadOnlyDictionary<string, SubscriberState>>(clientIds.ToDictionary(id => id, _ => SubscriberState.Active));
        }
    }
}
