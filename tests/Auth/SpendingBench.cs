using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Rally.Auth.Spending;
using Rally.Storage;
using Xunit;
using static Rally.Auth.Spending.SpendingLimits;

namespace Rally.Auth.Tests;

/// <summary>An account with an app on it, and a ledger that tests write.</summary>
internal sealed class SpendingBench(AuthServer server, Guid account, SpendingLog ledger) : IAsyncDisposable
{
    public AuthServer Server => server;

    public Guid Account => account;

    public SpendingLog Ledger => ledger;

    public SpendingLimits Limits { get; } = server.Get<SpendingLimits>();

    public static async Task<SpendingBench> StartAsync(Engine engine, params SpendingLimit[] limits)
    {
        var ledger = new SpendingLog();
        var server = await AuthServer.StartAsync(engine, services: services => services.AddSingleton<ISpendingOutcomes>(ledger));
        var bench = new SpendingBench(server, await server.CreateAccountAsync(), ledger);
        await bench.AllowAsync(limits);
        return bench;
    }

    public Task AllowAsync(params SpendingLimit[] limits) => Server.Store.WriteAsync(async transaction =>
    {
        await Server.Get<Apps.Consents>().AddAsync(transaction, Account, "bot", ["transfers:send"], default);
        await Server.Get<LimitStore>().SetAsync(transaction, Account, "bot", limits);
    });

    public Spend New(long minorUnits, string coin = "PTM") => new(Guid.CreateVersion7(Server.Clock.GetUtcNow()), coin, minorUnits, Guid.Empty);

    public Task<Verdict> ReserveAsync(long minorUnits, string coin = "PTM") => ReserveAsync([New(minorUnits, coin)]);

    public Task<Verdict> ReserveAsync(IReadOnlyList<Spend> spends) => Limits.ReserveAsync(Account, "bot", spends);

    public async Task SpendAsync(long minorUnits, string coin = "PTM")
    {
        var spend = New(minorUnits, coin);
        Assert.IsType<Verdict.Reserved>(await ReserveAsync([spend]));
        Assert.True(Ledger.Post(spend, refuse: false));
        await Limits.PostedAsync(Account, [spend]);
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

/// <summary>Stands for the ledger: an id is posted once, and the same again is the first answer again.</summary>
internal sealed class SpendingLog : ISpendingOutcomes
{
    public ConcurrentDictionary<Guid, SpendingOutcome> Entries { get; } = new();

    public long Total => Entries.Values.Sum(entry => entry.MinorUnits);

    public bool Post(Spend spend, bool refuse)
    {
        if (!refuse)
            Entries.TryAdd(spend.TransferId, new(spend.MinorUnits, IsPending: false));
        return Entries.ContainsKey(spend.TransferId);
    }

    public Task<SpendingOutcome?> FindAsync(Guid account, Guid transferId, CancellationToken stop) =>
        Task.FromResult(Entries.GetValueOrDefault(transferId));
}
