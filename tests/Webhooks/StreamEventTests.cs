using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Rally.Ledger.Coins;
using Rally.Storage;
using Rally.Storage.Changes;
using Rally.Testing;
using Rally.Webhooks.Approvals;
using Rally.Webhooks.Tests.Setup;
using Xunit;

namespace Rally.Webhooks.Tests;

/// <summary>A stream tells the same events as an endpoint gets, those of the log and those between, and can be cut at each.</summary>
public sealed class StreamEventTests
{
    [Theory, EachEngine]
    public async Task Cut_after_any_event_it_goes_on_with_the_next(Engine engine)
    {
        await using var network = await StartAsync(engine);
        var creator = await network.LaunchOnCurveAsync("PTM");
        var fan = await network.FundAsync(1_000);
        await network.TradeAsync(fan, "buy", "PTM", "100");
        await SuspendAsync(network, true);
        await SuspendAsync(network, false);
        await network.SendAsync(fan, creator, "PTM", "5");
        await AppendLinkAsync(network, fan);

        var whole = await ReadAsync(network, "app", "0", upTo: "link.changed");

        Assert.Equal(
            ["coin.status", "donation", "link.changed", "purchase", "transfer.posted"], whole.Select(one => one.Type).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(whole.Count, whole.Select(one => one.Id).Distinct().Count());
        for (var i = 0; i < whole.Count - 1; i++)
            Assert.Equal(whole[(i + 1)..], await ReadAsync(network, "app", whole[i].Id, whole.Count - i - 1));
        Assert.Equal(whole, await ReadAsync(network, "app", "0.0", whole.Count));
    }

    [Theory, EachEngine]
    public async Task What_an_app_may_not_know_is_not_in_its_stream(Engine engine)
    {
        await using var network = await StartAsync(engine);
        await AppendLinkAsync(network, Guid.NewGuid());
        await network.LaunchAsync("PTM");

        Assert.Equal(["link.changed", "transfer.posted"], (await ReadAsync(network, "app", "0", 2)).Select(one => one.Type));
        Assert.Equal(["transfer.posted"], (await ReadAsync(network, "stranger", "0", 1)).Select(one => one.Type));
    }

    // A stream that a reader leaves counts until the server has noticed.
    private static Task<TestNetwork> StartAsync(Engine engine) => TestNetwork.StartAsync(
        engine,
        options => (options.AllowPrivateAddresses, options.MaxStreamsPerClient) = (true, 1_000),
        services: services => services.AddSingleton<ILinkReaders>(new OnlyFor("app")));

    private static async Task<List<(string Id, string Type, string Data)>> ReadAsync(TestNetwork network, string clientId, string after, int count = int.MaxValue, string? upTo = null)
    {
        await using var reader = await EventReader.OpenAsync(network, lastEventId: after, clientId: clientId);
        var read = new List<(string, string, string)>();
        while (read.Count < count && await reader.NextAsync() is { } item)
        {
            Assert.Equal(item.EventType, (string?)JsonNode.Parse(item.Data)!["type"]);
            read.Add((reader.Parser.LastEventId, item.EventType, item.Data));
            if (item.EventType == upTo)
                break;
        }

        return read;
    }

    private static async Task SuspendAsync(TestNetwork network, bool suspended) => Assert.IsType<SuspendCoin.Result.Changed>(
        await network.Services.GetRequiredService<SuspendCoin>().ExecuteAsync("PTM", suspended, CancellationToken.None));

    private static async Task AppendLinkAsync(TestNetwork network, Guid account)
    {
        var outbox = network.Services.GetRequiredService<Outbox>();
        await network.Services.GetRequiredService<Database>().WriteAsync(transaction =>
            outbox.AppendAsync(transaction, "link.changed", null, new { account, platform = "discord", change = "linked" }, CancellationToken.None));
        outbox.Announce();
    }

    private sealed class OnlyFor(string client) : ILinkReaders
    {
        public Task<bool> MayReadAsync(string clientId, Guid of, CancellationToken stop) => Task.FromResult(clientId == client);
    }
}
