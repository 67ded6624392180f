using System.Data.Common;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rally.Ledger.Amounts;
using Rally.Ledger.Blocks;
using Rally.Ledger.Followers;
using Rally.Ledger.Journal;
using Rally.Ledger.Trades;
using Rally.Storage;
using Rally.Storage.Backups;
using Rally.Storage.Migrations;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests;

/// <summary>What followers build is what the log says, however they were interrupted.</summary>
public sealed class FollowerTests
{
    private static readonly string[] Tables =
        ["ledger_history", "ledger_coin_history", "ledger_candle", "ledger_coin_stats", "ledger_follower"];

    [Theory, EachEngine]
    public async Task What_followers_build_from_random_trades_is_what_a_recount_of_the_log_comes_to(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var market = await RandomMarket.OpenAsync(ledger, seed: 11);
        await market.GoOnAsync(150);
        await ledger.FollowAsync();
        await market.GoOnAsync(250);
        Assert.Null(await FaultAsync(ledger));
        await ledger.FollowAsync();

        Assert.Null(await FaultAsync(ledger));
        var last = await ledger.CheckAsync();
        Assert.Equal(last, await ledger.Follower<HistoryFollower>().PositionAsync(default));
        Assert.Equal(last, await ledger.Follower<MarketFollower>().PositionAsync(default));
        var stats = await ledger.Inside<ReadMarket>().BetweenAsync(RandomMarket.Fixed, RandomMarket.Sigmoid, default);
        Assert.True(stats[RandomMarket.Linear].Trades > 50 && stats[RandomMarket.Sigmoid].Trades > 50, "the random work was too tame");
        Assert.Equal(0, stats[RandomMarket.Fixed].Trades);
        Assert.InRange(stats[RandomMarket.Fixed].Holders, 1, 6);
    }

    [Theory, EachEngine]
    public async Task A_follower_that_ended_between_two_chunks_goes_on_and_a_rebuild_comes_to_the_same(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await using (var before = await TestLedger.OpenAsync(store.Setting))
        {
            var market = await RandomMarket.OpenAsync(before, seed: 12);
            await market.GoOnAsync(60);
            await before.Follower<MarketFollower>().StepAsync(default);
            await before.Follower<HistoryFollower>().StepAsync(default);
            await market.GoOnAsync(engine == Engine.Sqlite ? 300 : 60);
            // On SQLite a chunk is less than all of it: this ends in the middle.
            await before.Follower<MarketFollower>().StepAsync(default);
            Assert.Equal(engine == Engine.Sqlite, await before.Follower<MarketFollower>().PositionAsync(default) < await before.Feed.LastPositionAsync(default));
        }

        await using var ledger = await TestLedger.OpenAsync(store.Setting);
        await ledger.FollowAsync();
        Assert.Null(await FaultAsync(ledger));
        var built = await DumpAsync(ledger);
        var rebuild = ledger.Inside<RebuildFollowers>();
        foreach (var name in rebuild.Names)
            Assert.Equal(await ledger.Feed.LastPositionAsync(default), await rebuild.ExecuteAsync(name, default));

        Assert.Equal(["history", "market"], rebuild.Names);
        Assert.Equal(built, await DumpAsync(ledger));
        await Assert.ThrowsAsync<ArgumentException>(() => rebuild.ExecuteAsync("nobody", default));
    }

    [Theory, EachEngine]
    public async Task A_rebuild_mends_what_was_damaged(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var market = await RandomMarket.OpenAsync(ledger, seed: 13);
        await market.GoOnAsync(80);
        await ledger.FollowAsync();
        var built = await DumpAsync(ledger);
        foreach (var damage in new[]
        {
            "DELETE FROM ledger_history WHERE position = 5",
            "INSERT INTO ledger_history (account, position) VALUES (999, 7)",
            "DELETE FROM ledger_coin_history WHERE position = 5",
            "UPDATE ledger_coin_stats SET holders = holders + 1 WHERE coin = 'LIN'",
            "DELETE FROM ledger_coin_stats WHERE coin = 'SIG'",
            "UPDATE ledger_candle SET rly = rly + 1 WHERE coin = 'LIN' AND start = (SELECT max(start) FROM ledger_candle WHERE coin = 'LIN')",
            "DELETE FROM ledger_candle WHERE coin = 'SIG' AND start = (SELECT min(start) FROM ledger_candle WHERE coin = 'SIG')",
            "INSERT INTO ledger_candle (coin, start, open, high, low, close, coins, rly, trades) VALUES ('FIX', 0, 1, 1, 1, 1, 1, 1, 1)",
        })
        {
            await ledger.Database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(damage, transaction: transaction));
            Assert.True(await FaultAsync(ledger) is not null, damage);
            foreach (var name in ledger.Inside<RebuildFollowers>().Names)
                await ledger.Inside<RebuildFollowers>().ExecuteAsync(name, default);
            Assert.Null(await FaultAsync(ledger));
            Assert.Equal(built, await DumpAsync(ledger));
        }
    }

    [Theory, EachEngine]
    public async Task Nothing_of_a_chunk_stays_when_it_fails_and_the_follower_tries_again_later_each_time(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        await ledger.LaunchAsync("PTM", 1_000);
        var logs = new CapturedLogs();
        var follower = new Faulty(ledger.Inside<FollowedLog>(), logs.For<Faulty>());
        using var stop = new CancellationTokenSource();
        var running = Task.Run(() => follower.RunAsync(stop.Token));

        foreach (var pause in new[] { 1, 2, 4 })
        {
            await Eventually.TrueAsync(() => logs.All.Contains($"tries again in 00:00:0{pause}", StringComparison.Ordinal), $"failed, pausing {pause} s");
            await Eventually.TrueAsync(() => ledger.Clock.WaitingTimers > 0, "it pauses");
            Assert.Equal(0, await RowsAsync(ledger));
            Assert.Equal(0, await follower.PositionAsync(default));
            follower.Fails = pause < 4;
            ledger.Clock.Advance(TimeSpan.FromSeconds(pause));
        }

        await Eventually.TrueAsync(async () => await follower.PositionAsync(default) == 1, "it has come to the end");
        Assert.Equal(1, await RowsAsync(ledger));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [PostgresFact]
    public async Task Two_processes_that_follow_at_once_apply_each_chunk_once()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Postgres);
        await using var one = await TestLedger.OpenAsync(store.Setting);
        await using var other = await TestLedger.OpenAsync(store.Setting);
        using var stop = new CancellationTokenSource();
        var running = new[] { one, other }.SelectMany(ledger => new LogFollower[] { ledger.Follower<HistoryFollower>(), ledger.Follower<MarketFollower>() })
            .Select(follower => Task.Run(() => follower.RunAsync(stop.Token))).ToList();
        var market = await RandomMarket.OpenAsync(one, seed: 14);
        for (var i = 0; i < 20; i++)
        {
            await market.GoOnAsync(20);
            other.Clock.Advance(TimeSpan.FromSeconds(1)); // it polls
        }

        await Eventually.TrueAsync(async () =>
        {
            one.Clock.Advance(TimeSpan.FromSeconds(1));
            other.Clock.Advance(TimeSpan.FromSeconds(1));
            var last = await one.Feed.LastPositionAsync(default);
            return last == await one.Follower<HistoryFollower>().PositionAsync(default) && last == await one.Follower<MarketFollower>().PositionAsync(default);
        }, "both followers are at the end");
        await stop.CancelAsync();
        foreach (var task in running)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
        Assert.Null(await FaultAsync(one));
    }

    [PostgresFact]
    public async Task A_backup_that_is_read_while_a_rebuild_runs_has_all_or_what_it_says_it_has()
    {
        await using var ledger = await TestLedger.CreateAsync(Engine.Postgres);
        var market = await RandomMarket.OpenAsync(ledger, seed: 15);
        await market.GoOnAsync(80);
        await ledger.FollowAsync();
        var built = await DumpAsync(ledger);
        using var folder = new TemporaryFolder();
        var (begun, mayGoOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var taking = Task.Run(() => ledger.Inside<TakeBackup>().ExecuteAsync(
            new(Path.Combine(folder.Path, "backup"), []),
            new Tell(() =>
            {
                // The first table is about to be read: the backup's moment is fixed, and what the followers built was not read yet.
                begun.TrySetResult();
                Assert.True(mayGoOn.Task.Wait(TimeSpan.FromSeconds(30)), "the rebuild is over");
            })));
        await await Task.WhenAny(begun.Task, taking);

        foreach (var name in ledger.Inside<RebuildFollowers>().Names)
            await ledger.Inside<RebuildFollowers>().ExecuteAsync(name, default);
        mayGoOn.SetResult();
        await taking;

        await using var other = await TestDatabase.CreateAsync(Engine.Sqlite);
        await new RestoreBackup(other.Setting, ledger.Services.GetServices<MigrationSet>(), ledger.Clock).ExecuteAsync(new(Path.Combine(folder.Path, "backup"), []));
        await using var restored = await TestLedger.OpenAsync(other.Setting);
        Assert.Equal(built, await DumpAsync(restored));
    }

    [Theory, EachEngine]
    public async Task Readers_see_as_much_as_they_say_while_a_rebuild_runs(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        await ledger.LaunchOnCurveAsync("LIN", "linear");
        var fan = await ledger.FundAsync(1_000);
        Assert.IsType<PostResult.Posted>(await ledger.Writer.SubmitAsync(
            new BuyCommand(ledger.NewId(), fan, "LIN", TradeSize.Coins(Amount.Coins(5)), null), default));
        await ledger.FollowAsync();
        using var stop = new CancellationTokenSource();
        var rebuilding = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                foreach (var name in ledger.Inside<RebuildFollowers>().Names)
                    await ledger.Inside<RebuildFollowers>().ExecuteAsync(name, default);
            }
        });

        var (history, market) = (ledger.Inside<ReadHistory>(), ledger.Inside<ReadMarket>());
        for (var reads = 0; reads < 400; reads++)
        {
            var ofFan = await history.OfHolderAsync(fan, null, long.MaxValue, 10, default);
            Assert.Equal(ofFan.Position == 0, ofFan.Entries.Count == 0);
            var ofCoin = await history.OfCoinAsync("LIN", long.MaxValue, 10, default);
            Assert.Equal(ofCoin.Position == 0, ofCoin.Entries.Count == 0);
            var prices = await market.PricesAsync("LIN", ledger.Clock.GetUtcNow().AddDays(-1), ledger.Clock.GetUtcNow().AddDays(1), false, 10, default);
            Assert.Equal(prices.Position == 0, prices.Candles.Count == 0);
        }

        await stop.CancelAsync();
        await rebuilding;
    }

    [PostgresFact]
    public async Task A_follower_waits_while_commands_wait_for_the_writer()
    {
        await using var ledger = await TestLedger.CreateAsync(Engine.Postgres, largestBatch: 2);
        var creator = await ledger.LaunchAsync("PTM", 1_000);
        var release = await ledger.HoldWriterAsync();
        var posting = Enumerable.Range(0, 8).Select(_ => ledger.PostAsync(ledger.Order(creator, Guid.NewGuid(), 1))).ToList();
        await Eventually.TrueAsync(() => ledger.Writer.IsBusy, "commands wait");
        using var stop = new CancellationTokenSource();
        var follower = ledger.Follower<HistoryFollower>();
        var running = Task.Run(() => follower.RunAsync(stop.Token));

        for (var looks = 0; looks < 3; looks++)
        {
            await Eventually.TrueAsync(() => ledger.Clock.WaitingTimers > 0, "the follower waits");
            Assert.Equal(0, await follower.PositionAsync(default));
            ledger.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        await release();
        await Task.WhenAll(posting);
        await Eventually.TrueAsync(async () =>
        {
            ledger.Clock.Advance(TimeSpan.FromSeconds(1));
            return await follower.PositionAsync(default) == 9;
        }, "it has followed");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    /// <summary>Of the figures; the ledger itself is right.</summary>
    private static async Task<string?> FaultAsync(TestLedger ledger)
    {
        var result = await ledger.Inside<VerifyLedger>().ExecuteAsync(new(), null, default);
        Assert.Null(result.Fault);
        return result.FiguresFault;
    }

    private static Task<long> RowsAsync(TestLedger ledger) =>
        ledger.Database.ReadAsync(connection => connection.ExecuteScalarAsync<long>("SELECT count(*) FROM ledger_history"));

    private static async Task<string> DumpAsync(TestLedger ledger)
    {
        var text = new List<string>();
        foreach (var table in Tables)
        {
            var rows = await ledger.Database.ReadAsync(connection => connection.QueryAsync($"SELECT * FROM {table} ORDER BY 1, 2"));
            text.AddRange(rows.Select(row => table + ": " + string.Join(", ", ((IDictionary<string, object>)row).Values)));
        }

        return string.Join('\n', text);
    }

    private sealed class Tell(Action tell) : IProgress<BackupProgress>
    {
        public void Report(BackupProgress value) => tell();
    }

    /// <summary>Fails after it has written, until told not to.</summary>
    private sealed class Faulty(FollowedLog log, ILogger logger) : LogFollower(log, logger)
    {
        public volatile bool Fails = true;

        public override string Name => "faulty";

        protected override Task<Func<DbTransaction, Task>> PrepareAsync(long after, long upTo, CancellationToken stop) =>
            Task.FromResult<Func<DbTransaction, Task>>(async transaction =>
            {
                await transaction.Connection!.ExecuteAsync("INSERT INTO ledger_history (account, position) VALUES (1, @upTo)", new { upTo }, transaction);
                if (Fails)
                    throw new InvalidOperationException("As the test wants.");
            });

        protected override Task ClearAsync(DbTransaction transaction) => Task.CompletedTask;
    }
}
