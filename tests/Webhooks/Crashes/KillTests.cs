using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Journal;
using Rally.Storage;
using Rally.Testing;
using Rally.Webhooks.Signing;
using Rally.Webhooks.Subscriptions;
using Rally.Webhooks.Tests.Setup;
using Xunit;
using Xunit.Abstractions;

namespace Rally.Webhooks.Tests.Crashes;

/// <summary>
/// kill -9 at any moment while transfers are posted and delivered: every endpoint hears of every transfer it asked for, first
/// arrivals in the order of the log, and what comes again is the same message. RALLY_LONG=1 makes it 100 kills on each engine.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int RunsOnOneStore = 10;

    private static readonly bool IsLong = Environment.GetEnvironmentVariable("RALLY_LONG") == "1";

    [Theory, EachEngine]
    public async Task No_event_is_lost_or_out_of_order_or_changed_by_a_kill(Engine engine)
    {
        var (seed, runs) = (Environment.TickCount, IsLong ? 100 : engine == Engine.Sqlite ? 20 : 10);
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var (events, repeats) = (0, 0);
        for (var run = 0; run < runs; run += RunsOnOneStore)
        {
            var (posted, again) = await RunsOnOneStoreAsync(engine, random);
            (events, repeats) = (events + posted, repeats + again);
        }

        output.WriteLine($"{events} transfers in {runs} runs; {repeats} messages came again");
        Assert.True(events > 10 * runs, "the processes were killed before they did much");
    }

    private static async Task<(int Events, int Repeats)> RunsOnOneStoreAsync(Engine engine, Random random)
    {
        await using var store = engine == Engine.Sqlite ? null : await TestDatabase.CreateAsync(engine);
        // Beside this test, which is on a disk; a temporary folder may not be.
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, $"killed-{Guid.NewGuid():N}")).FullName;
        var (setting, keys) = (store?.Setting ?? $"sqlite:{Path.Combine(folder, "rally.db")}", Path.Combine(folder, "keys"));
        await using var receiver = await Receiver.StartAsync();
        // Some take their time, so that kills meet messages under way.
        receiver.Answer = async context =>
        {
            if (receiver.Deliveries.Count % 8 == 0)
                await Task.Delay(5);
            await Receiver.Status(context, 204);
        };
        try
        {
            var endpoints = await PrepareAsync(setting, keys, receiver.Url);
            for (var run = 0; run < RunsOnOneStore; run++)
            {
                using var child = ChildProcess.Start(ChildProcess.Command(typeof(Program), "deliver", setting, keys));
                Assert.Equal("delivering", await child.ReadLineAsync());
                await Task.Delay(random.Next(0, 400)); // the moment of the kill, not a wait for anything
                await child.KillAsync();
            }

            return await CheckAsync(setting, keys, endpoints, receiver);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <returns>The endpoints' paths, and what each has asked for: one everything, the others a coin each.</returns>
    private static async Task<List<(string Path, string? Coin, WebhookSecret Secret)>> PrepareAsync(string setting, string keys, string url)
    {
        using var host = await DeliveringProcess.BuildAsync(setting, keys);
        foreach (var coin in DeliveringProcess.Coins)
        {
            Assert.IsType<LaunchCoin.Result.Launched>(await host.Services.GetRequiredService<LaunchCoin>().ExecuteAsync(
                LaunchCoin.Request.Fixed(coin, coin, DeliveringProcess.Creator, Amount.Coins(1_000_000)), default));
        }

        var endpoints = new List<(string, string?, WebhookSecret)>();
        foreach (var coin in DeliveringProcess.Coins.Prepend(null))
        {
            var created = Assert.IsType<CreateEndpoint.Result.Created>(await host.Services.GetRequiredService<CreateEndpoint>().ExecuteAsync(
                new("app", $"{url}/{coin}", ["transfer.posted"], coin is null ? null : [coin], After: 0), default));
            endpoints.Add((new Uri(created.Endpoint.Url).AbsolutePath, coin, created.Secret!));
        }

        await DisposeAsync(host);
        return endpoints;
    }

    /// <summary>Runs once more, until nothing is left to deliver, and looks at all that came since the first run.</summary>
    private static async Task<(int Events, int Repeats)> CheckAsync(
        string setting, string keys, List<(string Path, string? Coin, WebhookSecret Secret)> endpoints, Receiver receiver)
    {
        using var host = await DeliveringProcess.BuildAsync(setting, keys);
        await host.StartAsync();
        var statuses = host.Services.GetRequiredService<ReadEndpoints>();
        await Eventually.TrueAsync(
            async () => (await statuses.ExecuteAsync(new("app"), default)).All(status => status.Lag == 0), "everything is delivered", TimeSpan.FromMinutes(2));
        var (feed, log) = (host.Services.GetRequiredService<ITransferFeed>(), new List<TransferPosted>());
        while (log.Count < await feed.LastPositionAsync(default))
            log.AddRange(await feed.ReadAsync(log.Count, 10_000, default));
        await host.StopAsync();
        await DisposeAsync(host);

        var byPath = receiver.Deliveries.ToLookup(delivery => delivery.Path);
        var repeats = 0;
        foreach (var (path, coin, secret) in endpoints)
        {
            var arrivals = new Arrivals(path, coin, secret, [.. byPath[path]]);
            arrivals.Verify(log);
            repeats += arrivals.Repeats;
        }

        var ids = receiver.Deliveries.Select(delivery => delivery.Id).Distinct().Count();
        Assert.Equal(endpoints.Sum(endpoint => byPath[endpoint.Path].Select(delivery => delivery.Id).Distinct().Count()), ids);
        return (log.Count, repeats);
    }

    private static async Task DisposeAsync(IHost host) => await ((IAsyncDisposable)host).DisposeAsync();
}
