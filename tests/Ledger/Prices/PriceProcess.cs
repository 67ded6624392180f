using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rally.Ledger.Prices;
using Rally.Storage;
using Rally.Storage.Migrations;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests.Prices;

/// <summary>A process on a store whose poller runs, and nothing else that moves.</summary>
internal sealed class PriceProcess : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly UsdPricePoller _poller;

    private PriceProcess(ServiceProvider services, FakeClock clock, CapturedLogs logs)
    {
        (_services, Clock, Logs) = (services, clock, logs);
        _poller = services.GetServices<IHostedService>().OfType<UsdPricePoller>().Single();
    }

    public FakeClock Clock { get; }

    public CapturedLogs Logs { get; }

    public UsdPrice.Quote? Current => _services.GetRequiredService<UsdPrice>().Current;

    public ReadUsdPrices Prices => _services.GetRequiredService<ReadUsdPrices>();

    public int Warnings => Logs.Lines.Count(line => line.Level >= LogLevel.Warning);

    public static async Task<PriceProcess> StartAsync(TestDatabase store, FakeClock clock, Action<UsdPriceOptions> configure)
    {
        var logs = new CapturedLogs();
        var services = new ServiceCollection()
            .AddLogging(logging => logging.AddProvider(logs).SetMinimumLevel(LogLevel.Information))
            .AddSingleton<TimeProvider>(clock)
            .AddStorage(store.Setting)
            .AddLedger(options => configure(options.UsdPrice))
            .BuildServiceProvider();
        await services.GetRequiredService<Migrator>().RunAsync();
        var process = new PriceProcess(services, clock, logs);
        await process._poller.StartAsync(default);
        return process;
    }

    public static Task<PriceProcess> StartAsync(TestDatabase store, FakeClock clock, FeedServer feed) =>
        StartAsync(store, clock, price => (price.FeedUrl, price.JsonPointer) = (feed.Url, "/rally/usd"));

    /// <summary>Waits until the feed was asked, its answer is stored, and the poller waits for the next turn.</summary>
    public async Task<UsdPriceLog.State> AfterTurnAsync(Func<UsdPriceLog.State, bool> wanted, int timers = 1)
    {
        UsdPriceLog.State state = new();
        await Eventually.TrueAsync(
            async () => wanted(state = await _services.GetRequiredService<UsdPriceLog>().ReadAsync(default)) && Clock.WaitingTimers == timers,
            "the turn has come to its end");
        return state;
    }

    /// <summary>Waits until the feed told the price that is current now.</summary>
    public async Task ConfirmedAsync(long nano)
    {
        var now = Clock.GetUtcNow();
        await AfterTurnAsync(state => state.NanoUsd == nano && state.ConfirmedAt == now.ToUnixTimeMilliseconds());
        Assert.Equal(new UsdPrice.Quote(new(nano), now, IsStale: false), Current);
    }

    public Task FailedAsync(int times) => AfterTurnAsync(state => state.Failures == times);

    public async Task<string> HistoryAsync() => string.Join(
        ' ', (await Prices.ExecuteAsync(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, 1_000, default)).Select(point => $"{point.At:HH:mm}={point.Rate}"));

    public async ValueTask DisposeAsync()
    {
        await _poller.StopAsync(default);
        await _services.DisposeAsync();
    }
}
