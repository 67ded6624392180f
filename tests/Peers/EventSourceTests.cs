using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Peers.Tests;

/// <summary>Our stream of events against the eventsource package, over connections that break.</summary>
public sealed class EventSourceTests
{
    private const int Events = 30;

    [Theory, EachEngine]
    public async Task Cut_off_three_times_in_the_middle_of_events_it_gets_each_once_and_in_order(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await using var network = await WebhookHost.StartAsync(store);
        var launch = network.Services.GetRequiredService<LaunchCoin>();
        var reading = NodePeer.RunAsync("eventsource.mjs", network.Urls.Single() + "/api/events?after=0&events=transfer.posted", $"{Events}");
        for (var i = 0; i < Events; i++)
            await launch.ExecuteAsync(LaunchCoin.Request.Fixed($"COIN{i}", $"Coin “{i}” ✓", Guid.NewGuid(), Amount.Coins(100)), default);

        var report = JsonNode.Parse(await reading)!;
        Assert.Empty(report["faults"]!.AsArray());
        Assert.Equal(
            Enumerable.Range(1, Events).Select(position => ($"{position}.0", "transfer.posted", position)),
            report["events"]!.AsArray().Select(seen => ((string)seen!["id"]!, (string)seen["type"]!, (int)seen["position"]!)));
        var asked = report["asked"]!.AsArray().Select(id => (string?)id).ToList();
        Assert.Equal(4, asked.Count);
        Assert.All(asked.Skip(1), Assert.NotNull);
    }
}
