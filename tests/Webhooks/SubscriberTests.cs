using System.Collections.Concurrent;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Rally.Storage;
using Rally.Testing;
using Rally.Webhooks.Subscriptions;
using Rally.Webhooks.Tests.Setup;
using Xunit;

namespace Rally.Webhooks.Tests;

/// <summary>Clients that are suspended, or go, where the host knows of that.</summary>
public sealed class SubscriberTests
{
    [Theory, EachEngine]
    public async Task A_suspended_client_is_told_nothing_and_afterwards_what_it_missed(Engine engine)
    {
        var clients = new Clients();
        await using var network = await TestNetwork.StartAsync(engine, subscribers: clients);
        await using var receiver = await Receiver.StartAsync();
        await using var other = await Receiver.StartAsync();
        var subscription = await network.SubscribeAsync(receiver.Url);
        await network.SubscribeAsync(other.Url, clientId: "other");
        await network.PostAsync();
        await receiver.ArrivedAsync(1);

        clients.States["app"] = SubscriberState.Suspended;
        await network.PostAsync(2);
        await other.ArrivedAsync(3);
        await Eventually.TrueAsync(() => network.Clock.HasTimerDue(network.Clock.GetUtcNow() + TimeSpan.FromSeconds(5)), "the suspended one waits");
        Assert.Equal(1, (long)(await network.StatusAsync(subscription))["position"]!);

        clients.States["app"] = SubscriberState.Active;
        network.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal([1L, 2, 3], (await receiver.ArrivedAsync(3)).Select(delivery => delivery.Position));
    }

    [Theory, EachEngine]
    public async Task With_a_client_that_is_gone_its_subscriptions_end_and_no_others(Engine engine)
    {
        var clients = new Clients();
        await using var network = await TestNetwork.StartAsync(engine, subscribers: clients, chores: true);
        await using var receiver = await Receiver.StartAsync();
        await using var other = await Receiver.StartAsync();
        foreach (var _ in new[] { 1, 2 })
            await network.SubscribeAsync(receiver.Url);
        await network.PatchAsync(await network.SubscribeAsync(receiver.Url), new { enabled = false });
        await network.SubscribeAsync(other.Url, clientId: "other");
        clients.States["other"] = SubscriberState.Suspended;
        Assert.Equal(0, await network.Services.GetRequiredService<EndSubscriptions>().RunOnceAsync(default));

        clients.States["app"] = SubscriberState.Gone;
        network.Clock.Advance(TimeSpan.FromMinutes(1));
        await Eventually.TrueAsync(async () => (await ClientsAsync(network)).SequenceEqual(["other"]), "the subscriptions end by themselves");
        clients.States["other"] = SubscriberState.Active;
        await network.PostAsync();
        network.Clock.Advance(TimeSpan.FromSeconds(5));
        await other.ArrivedAsync(1);
        Assert.Empty(receiver.Deliveries);
    }

    private static async Task<IEnumerable<string>> ClientsAsync(TestNetwork network) =>
        await network.Services.GetRequiredService<Database>().ReadAsync(connection => connection.QueryAsync<string>("SELECT client_id FROM webhook_endpoint"));

    private sealed class Clients : ISubscribers
    {
        public ConcurrentDictionary<string, SubscriberState> States { get; } = new();

        public Task<IReadOnlyDictionary<string, SubscriberState>> FindAsync(IReadOnlyCollection<string> clientIds, CancellationToken stop) =>
            Task.FromResult<IReadOnlyDictionary<string, SubscriberState>>(clientIds.ToDictionary(id => id, id => States.GetValueOrDefault(id)));
    }
}
