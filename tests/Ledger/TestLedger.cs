using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Rally.Ledger.Amounts;
using Rally.Ledger.Blocks;
using Rally.Ledger.Coins;
using Rally.Ledger.Followers;
using Rally.Ledger.Journal;
using Rally.Ledger.Transfers;
using Rally.Storage;
using Rally.Storage.Migrations;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests;

/// <summary>A ledger as the host composes it, on a store of a test's own.</summary>
internal sealed class TestLedger : IAsyncDisposable
{
    private readonly TestDatabase? _store;
    private readonly ServiceProvider _services;

    private TestLedger(string setting, TestDatabase? store, ServiceProvider services) =>
        (Setting, _store, _services) = (setting, store, services);

    public FakeClock Clock => (FakeClock)_services.GetRequiredService<TimeProvider>();

    public IServiceProvider Services => _services;

    public Database Database => _services.GetRequiredService<Database>();

    public LedgerWriter Writer => _services.GetRequiredService<LedgerWriter>();

    public ITransferFeed Feed => _services.GetRequiredService<ITransferFeed>();

    public LaunchCoin LaunchCoin => _services.GetRequiredService<LaunchCoin>();

    /// <summary>A part of the ledger, as the host composes it.</summary>
    public T Inside<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public T Follower<T>()
        where T : LogFollower => _services.GetServices<LogFollower>().OfType<T>().Single();

    /// <summary>Lets all followers of the log come to its end.</summary>
    public async Task FollowAsync()
    {
        foreach (var follower in _services.GetServices<LogFollower>())
            await follower.CatchUpAsync(default);
    }

    /// <summary>What <see cref="OpenAsync(string, Action{LedgerOptions}?)"/> takes to open the same store again.</summary>
    public string Setting { get; }

    public static async Task<TestLedger> CreateAsync(Engine engine, Action<LedgerOptions>? configure = null, int? largestBatch = null)
    {
        var store = await TestDatabase.CreateAsync(engine);
        return await OpenAsync(store.Setting, configure, largestBatch, owned: store);
    }

    /// <summary>Another ledger on a store that somebody else disposes: another process, or this one after a restart.</summary>
    /// <param name="setting">The store.</param>
    /// <param name="configure">Settings that differ.</param>
    /// <param name="largestBatch">Smaller than a host may have it, so that what happens between two batches happens often.</param>
    public static Task<TestLedger> OpenAsync(string setting, Action<LedgerOptions>? configure = null, int? largestBatch = null) =>
        OpenAsync(setting, configure, largestBatch, owned: null);

    /// <summary>Launches a coin whose whole supply belongs to a new creator.</summary>
    public async Task<Guid> LaunchAsync(string symbol, long coins)
    {
        var creator = Guid.NewGuid();
        var result = await LaunchCoin.ExecuteAsync(LaunchCoin.Request.Fixed(symbol, $"{symbol} of a test", creator, Amount.Coins(coins)), default);
        Assert.IsType<LaunchCoin.Result.Launched>(result);
        return creator;
    }

    /// <summary>Launches a coin with a fixed supply and terms of its own.</summary>
    /// <returns>Its creator, who has it all.</returns>
    public async Task<Guid> LaunchLimitedAsync(string symbol, long coins, CoinTerms terms)
    {
        var request = LaunchCoin.Request.Fixed(symbol, $"{symbol} of a test", Guid.NewGuid(), Amount.Coins(coins)) with { Terms = terms };
        Assert.IsType<LaunchCoin.Result.Launched>(await LaunchCoin.ExecuteAsync(request, default));
        return request.Creator;
    }

    /// <summary>Launches a coin on a curve.</summary>
    /// <returns>Its creator.</returns>
    public async Task<Guid> LaunchOnCurveAsync(string symbol, string curve, CoinTerms? terms = null)
    {
        var request = new LaunchCoin.Request(symbol, $"{symbol} of a test", Guid.NewGuid()) { Curve = curve, Terms = terms };
        Assert.IsType<LaunchCoin.Result.Launched>(await LaunchCoin.ExecuteAsync(request, default));
        return request.Creator;
    }

    /// <summary>Somebody with so much RLY.</summary>
    public async Task<Guid> FundAsync(long rly)
    {
        var holder = Guid.NewGuid();
        Assert.IsType<IssueRly.Result.Issued>(
            await _services.GetRequiredService<IssueRly>().ExecuteAsync(holder, Amount.Coins(rly), "", default));
        return holder;
    }

    public async Task<Dictionary<string, Amount>> BalancesAsync(Guid holder) =>
        (await _services.GetRequiredService<ReadBalances>().ExecuteAsync(holder, default)).Balances.ToDictionary(held => held.Coin, held => held.Amount);

    public Guid NewId() => Guid.CreateVersion7(Clock.GetUtcNow());

    public TransferOrder Order(Guid from, Guid to, long coins, string coin = "PTM", string note = "") => new(
        Guid.CreateVersion7(Clock.GetUtcNow()),
        AccountKey.Of(from, coin),
        AccountKey.Of(to, coin),
        Amount.Coins(coins),
        TransferKind.Transfer,
        note);

    public Task<PostResult> PostAsync(params TransferOrder[] orders) => Writer.SubmitAsync(new PostCommand(orders), default);

    public async Task<JournalEntry> PostedAsync(TransferOrder order) =>
        Assert.Single(Assert.IsType<PostResult.Posted>(await PostAsync(order)).Entries);

    /// <summary>Keeps the writer from committing until the returned action is called; commands pile up meanwhile.</summary>
    public async Task<Func<Task>> HoldWriterAsync()
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var holding = Database.WriteAsync(async transaction =>
        {
            await Database.SerializeAsync(transaction, "ledger.writer");
            held.SetResult();
            await release.Task;
        });
        await held.Task;
        return () =>
        {
            release.SetResult();
            return holding;
        };
    }

    /// <summary>Fails unless the log, the balances and the sums agree.</summary>
    /// <returns>The log's last position.</returns>
    public async Task<long> CheckAsync()
    {
        var result = await _services.GetRequiredService<VerifyLedger>().ExecuteAsync(new(), null, default);
        Assert.Null(result.Fault);
        Assert.Null(result.FiguresFault);
        return result.Position;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_store is not null)
            await _store.DisposeAsync();
    }

    private static async Task<TestLedger> OpenAsync(string setting, Action<LedgerOptions>? configure, int? largestBatch, TestDatabase? owned)
    {
        var collection = new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(new FakeClock())
            .AddStorage(setting)
            .AddLedger(configure);
        if (largestBatch is { } most)
        {
            collection.AddSingleton(provider => ActivatorUtilities.CreateInstance<LedgerWriter>(
                provider, Options.Create(new LedgerOptions { LargestBatch = most })));
        }

        var services = collection.BuildServiceProvider();
        await services.GetRequiredService<Migrator>().RunAsync();
        return new(setting, owned, services);
    }
}
