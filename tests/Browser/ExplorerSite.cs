using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rally.Ledger;
using Rally.Ledger.Amounts;
using Rally.Ledger.Blocks;
using Rally.Ledger.Coins;
using Rally.Ledger.Followers;
using Rally.Ledger.Journal;
using Rally.Ledger.Trades;
using Rally.Storage;
using Rally.Storage.Migrations;
using Rally.Testing;

namespace Rally.Browser.Tests;

/// <summary>The explorer of a ledger that has seen some months, on a clock that stands still.</summary>
internal sealed class ExplorerSite : IAsyncDisposable
{
    private readonly TestDatabase _store;
    private readonly WebApplication _app;
    private readonly FakeClock _clock;
    private readonly TemporaryFolder _keys;

    private ExplorerSite(TestDatabase store, WebApplication app, FakeClock clock, TemporaryFolder keys) =>
        (_store, _app, _clock, _keys) = (store, app, clock, keys);

    public Uri Address => new(_app.Urls.First());

    public Guid Creator { get; } = Guid.Parse("0190f1e2-3a4b-7c5d-8e9f-0a1b2c3d4e5f");

    /// <summary>Of the last conversion: five entries in one command.</summary>
    public Guid Conversion { get; private set; }

    public static async Task<ExplorerSite> OpenAsync()
    {
        var store = await TestDatabase.CreateAsync(Engine.Sqlite);
        var keys = new TemporaryFolder();
        var clock = new FakeClock();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<TimeProvider>(clock).AddStorage(store.Setting).AddLedger(options => options.AuthorityKeysFolder = keys.Path);
        var app = builder.Build();
        app.MapLedgerExplorer();
        await app.Services.GetRequiredService<Migrator>().RunAsync();
        var site = new ExplorerSite(store, app, clock, keys);
        // Before what polls by the clock runs: months of it would be millions of looks.
        await site.TradeAsync();
        await app.StartAsync();
        return site;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _store.DisposeAsync();
        _keys.Dispose();
    }

    private async Task TradeAsync()
    {
        var launch = _app.Services.GetRequiredService<LaunchCoin>();
        await launch.ExecuteAsync(new("LINE", "Lina & the Lines", Creator), default);
        await launch.ExecuteAsync(new("ARENA", "Arena Rock Radio", Guid.NewGuid()) { Curve = "sigmoid" }, default);
        await launch.ExecuteAsync(LaunchCoin.Request.Fixed("PTM", "Portemonnaie", Creator, Amount.Coins(1_000_000)), default);
        var random = new Random(5);
        var people = Enumerable.Range(0, 12).Select(_ => Guid.NewGuid()).ToList();
        foreach (var person in people)
            await _app.Services.GetRequiredService<IssueRly>().ExecuteAsync(person, Amount.Coins(250_000), "", default);
        for (var i = 0; i < 300; i++)
        {
            _clock.Advance(TimeSpan.FromMinutes(random.Next(1, 600)));
            var (who, other, id) = (people[random.Next(12)], people[random.Next(12)], Guid.CreateVersion7(_clock.GetUtcNow()));
            await DoAsync(random.Next(6) switch
            {
                0 => new SellCommand(id, who, "LINE", TradeSize.Coins(new(random.NextInt64(1, 4_000_000_000))), null),
                1 when other != who => new PostCommand(new TransferOrder(
                    id, AccountKey.Of(who, "LINE"), AccountKey.Of(other, "LINE"), new(random.NextInt64(1, 900_000_000)), TransferKind.Transfer)),
                2 => new BuyCommand(id, who, "ARENA", TradeSize.Rly(Amount.Coins(random.Next(1, 50))), null),
                _ => new BuyCommand(id, who, "LINE", TradeSize.Rly(new(random.NextInt64(1_000_000, 900_000_000))), null),
            });
        }

        Conversion = Guid.CreateVersion7(_clock.GetUtcNow());
        await DoAsync(new BuyCommand(Guid.CreateVersion7(_clock.GetUtcNow()), people[0], "LINE", TradeSize.Coins(Amount.Coins(500)), null));
        await DoAsync(new ConvertCommand(Conversion, people[0], "LINE", "ARENA", Amount.Coins(100), null));
        foreach (var follower in _app.Services.GetServices<LogFollower>())
            await follower.CatchUpAsync(default);
        await _app.Services.GetRequiredService<SealBlocks>().ExecuteAsync(default);
    }

    // The ledger refuses some of it, such as a sale of what somebody has not.
    private Task<PostResult> DoAsync(LedgerCommand command) => _app.Services.GetRequiredService<LedgerWriter>().SubmitAsync(command, default);
}
