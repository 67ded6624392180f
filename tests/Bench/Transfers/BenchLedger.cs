using Microsoft.Extensions.DependencyInjection;
using Rally.Ledger;
using Rally.Ledger.Amounts;
using Rally.Ledger.Blocks;
using Rally.Ledger.Coins;
using Rally.Ledger.Journal;
using Rally.Storage;
using Rally.Storage.Migrations;

namespace Rally.Bench.Transfers;

/// <summary>A ledger as the host composes it, on a given store.</summary>
internal sealed class BenchLedger : IAsyncDisposable
{
    public const string Coin = "PTM";

    private readonly ServiceProvider _services;

    private BenchLedger(ServiceProvider services) => _services = services;

    public LedgerWriter Writer => _services.GetRequiredService<LedgerWriter>();

    public Database Database => _services.GetRequiredService<Database>();

    public static async Task<BenchLedger> OpenAsync(string setting, Action<LedgerOptions>? configure = null)
    {
        var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(new BatchClock())
            .AddStorage(setting)
            .AddLedger(configure)
            .BuildServiceProvider();
        await services.GetRequiredService<Migrator>().RunAsync();
        return new(services);
    }

    /// <summary>Launches the coin and gives every holder so much that no transfer is ever refused.</summary>
    public async Task FundAsync(Holders holders)
    {
        var creator = holders.Creator;
        var launched = await _services.GetRequiredService<LaunchCoin>().ExecuteAsync(
            LaunchCoin.Request.Fixed(Coin, "Potemkin", creator, Amount.Coins(1_000_000L * (holders.Count + 1))), default);
        if (launched is not LaunchCoin.Result.Launched)
            throw new InvalidOperationException($"{launched}");
        await SubmitAsync(holders.Count, i => holders.Order(creator, holders[i], Amount.Coins(1_000_000)));
    }

    /// <summary>Posts any number of transfers, made as they are needed.</summary>
    public async Task SubmitAsync(int transfers, Func<int, TransferOrder> order)
    {
        const int atOnce = 100_000;
        for (var first = 0; first < transfers; first += atOnce)
        {
            var from = first;
            await Callers.SubmitAsync(Writer, Orders.Lists(Math.Min(atOnce, transfers - first), i => order(from + i)));
        }
    }

    public async Task<long> LastPositionAsync() => await _services.GetRequiredService<ITransferFeed>().LastPositionAsync(default);

    /// <summary>Replays the whole log.</summary>
    /// <exception cref="InvalidOperationException">It is not a valid ledger.</exception>
    public async Task CheckAsync()
    {
        if ((await _services.GetRequiredService<VerifyLedger>().ExecuteAsync(new(), null, default)).Fault is { } fault)
            throw new InvalidOperationException(fault);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    /// <summary>Another millisecond for every batch, so that the log tells where one ended and the next began.</summary>
    private sealed class BatchClock : TimeProvider
    {
        private long _milliseconds = System.GetUtcNow().ToUnixTimeMilliseconds();

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Interlocked.Increment(ref _milliseconds));
    }
}
