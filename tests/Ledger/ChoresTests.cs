using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Rally.Ledger.Amounts;
using Rally.Ledger.Blocks;
using Rally.Ledger.Coins;
using Rally.Ledger.Escrow;
using Rally.Ledger.Journal;
using Rally.Storage;
using Rally.Storage.Migrations;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests;

/// <summary>What the ledger does by the clock comes to its end, whatever stands in its way.</summary>
public sealed class ChoresTests
{
    [Theory, EachEngine]
    public async Task Pending_transfers_that_are_refused_do_not_keep_later_ones_waiting(Engine engine)
    {
        // Four entries in a batch: pages of two.
        await using var ledger = await TestLedger.CreateAsync(engine, largestBatch: 4);
        var sender = await ledger.LaunchAsync("PTM", 100);
        for (var i = 0; i < 7; i++)
        {
            Assert.IsType<PostResult.Posted>(await ledger.Writer.SubmitAsync(
                new OpenHold(ledger.NewId(), sender, Guid.NewGuid(), "PTM", Amount.Coins(10), ledger.Clock.GetUtcNow().AddSeconds(i < 5 ? 1 : 2), "", ""), default));
        }

        // Four that are due first come to more than is in escrow.
        await ledger.Database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("""
            UPDATE ledger_hold SET amount = 1000000000000 WHERE id IN (SELECT id FROM ledger_hold ORDER BY expires_at, id LIMIT 4)
            """, transaction: transaction));
        ledger.Clock.Advance(TimeSpan.FromSeconds(5));
        var logs = new CapturedLogs();
        var expire = new ExpireHolds(
            ledger.Database, ledger.Writer, ledger.Clock, Options.Create(new LedgerOptions { LargestBatch = 4 }), logs.For<ExpireHolds>());

        Assert.Equal((3, 0), (await expire.ExecuteAsync(default), await expire.ExecuteAsync(default)));
        Assert.Equal(Amount.Coins(60), (await ledger.BalancesAsync(sender))["PTM"]);
        Assert.Equal(4, logs.Lines.Count(line => line.Text.Contains("is due and cannot be given back", StringComparison.Ordinal)));
    }

    [Theory, EachEngine]
    public async Task More_grants_than_fit_a_batch_are_unlocked(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine, largestBatch: 2);
        foreach (var symbol in new[] { "ONE", "TWO", "THREE", "FOUR", "FIVE" })
            await ledger.LaunchOnCurveAsync(symbol, "linear", CoinTerms.Linear with { LargestVestedBasisPoints = 10_000 });
        ledger.Clock.Advance(TimeSpan.FromDays(30));
        var release = new ReleaseVested(ledger.Inside<ReadCoins>(), ledger.Writer, ledger.Clock, Options.Create(new LedgerOptions { LargestBatch = 2 }));

        Assert.Equal((5, 0), (await release.ExecuteAsync(default), await release.ExecuteAsync(default)));
        await ledger.CheckAsync();
    }

    [Theory, EachEngine]
    public async Task What_was_posted_last_is_sealed_when_the_host_stops(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        using var folder = new TemporaryFolder();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<TimeProvider>(new FakeClock()).AddStorage(store.Setting)
            .AddLedger(options => options.AuthorityKeysFolder = folder.Path);
        VerifyLedger.Result result;
        using (var host = builder.Build())
        {
            await host.Services.GetRequiredService<Migrator>().RunAsync();
            await host.StartAsync();
            // The clock stands still: after its first look the sealer does not look again.
            var launched = await host.Services.GetRequiredService<LaunchCoin>().ExecuteAsync(
                LaunchCoin.Request.Fixed("PTM", "Portemonnaie", Guid.NewGuid(), Amount.Coins(5)), default);
            Assert.IsType<LaunchCoin.Result.Launched>(launched);
            await host.StopAsync();
            result = await host.Services.GetRequiredService<VerifyLedger>().ExecuteAsync(new(), null, default);
        }

        Assert.Equal((null, 1L, 0L), (result.Fault, result.Position, result.UnsignedEntries));
    }
}
