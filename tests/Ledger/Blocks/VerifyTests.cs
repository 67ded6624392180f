using Dapper;
using Microsoft.Extensions.Options;
using Rally.Ledger.Amounts;
using Rally.Ledger.Blocks;
using Rally.Ledger.Exit;
using Rally.Ledger.Journal;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests.Blocks;

/// <summary>What a verification says beside right and wrong, what it goes on from, and the job that runs it.</summary>
public sealed class VerifyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CapturedLogs _logs = new();

    public void Dispose() => _folder.Dispose();

    private string State => In("verify-job.state");

    [Theory, EachEngine]
    public async Task Entries_behind_the_last_block_are_counted_and_a_known_block_is_looked_for(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await using var ledger = await OpenAsync(store);
        var creator = await ledger.LaunchAsync("PTM", 1_000);
        Assert.Equal((1L, 0L), Facts(await VerifyAsync(ledger, new())));
        await SealAsync(ledger);
        await ledger.PostedAsync(ledger.Order(creator, Guid.NewGuid(), 1));
        await SealAsync(ledger);
        await ledger.PostedAsync(ledger.Order(creator, Guid.NewGuid(), 1));
        await ledger.PostedAsync(ledger.Order(creator, Guid.NewGuid(), 1));
        Assert.Equal((2L, 2L), Facts(await VerifyAsync(ledger, new())));

        var hash = await ledger.Database.ReadAsync(connection => connection.ExecuteScalarAsync<byte[]>("SELECT hash FROM ledger_block WHERE height = 1"));
        Assert.True((await VerifyAsync(ledger, new() { PinnedBlock = new(1, hash!) })).IsRight);
        Assert.Contains("Block 2: its hash is", (await VerifyAsync(ledger, new() { PinnedBlock = new(2, hash!) })).Fault, StringComparison.Ordinal);
        Assert.Contains("its end is missing", (await VerifyAsync(ledger, new() { PinnedBlock = new(3, hash!) })).Fault, StringComparison.Ordinal);

        static (long Unsigned, long Height) Facts(VerifyLedger.Result result) => (result.UnsignedEntries, result.Height);
    }

    [Theory, EachEngine]
    public async Task A_stopped_run_is_gone_on_with_for_a_day_and_the_result_says_so(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await using var ledger = await OpenAsync(store);
        var creator = await SealedTwiceAsync(ledger);
        await StopHalfWayAsync(ledger);
        var begun = ledger.Clock.GetUtcNow();
        ledger.Clock.Advance(TimeSpan.FromHours(23));

        var known = await ledger.Database.ReadAsync(connection => connection.ExecuteScalarAsync<byte[]>("SELECT hash FROM ledger_block WHERE height = 1"));
        File.Copy(State, In("copy"));
        Assert.Null((await VerifyAsync(ledger, new() { StateFile = In("copy"), PinnedBlock = new(1, known!) })).ReadBefore);
        var result = await VerifyAsync(ledger, new() { StateFile = State });
        Assert.Equal((null, new VerifyLedger.Earlier(3, begun)), (result.Fault, result.ReadBefore));
        Assert.False(File.Exists(State));

        await StopHalfWayAsync(ledger);
        ledger.Clock.Advance(TimeSpan.FromHours(24));
        result = await VerifyAsync(ledger, new() { StateFile = State });
        Assert.Equal((null, null), (result.Fault, result.ReadBefore));
        Assert.Equal(Amount.Coins(990), (await ledger.BalancesAsync(creator))["PTM"]);
    }

    [Theory, EachEngine]
    public async Task Blocks_are_never_sealed_before_the_block_below_or_their_last_entry(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await using var ledger = await OpenAsync(store);
        var creator = await ledger.LaunchAsync("PTM", 1_000);
        var first = ledger.Clock.GetUtcNow();
        await SealAsync(ledger);
        ledger.Clock.Advance(TimeSpan.FromHours(-1));
        await ledger.PostedAsync(ledger.Order(creator, Guid.NewGuid(), 1));
        await SealAsync(ledger);

        Assert.Equal(
            [first.ToUnixTimeMilliseconds(), first.ToUnixTimeMilliseconds()],
            await ledger.Database.ReadAsync(connection => connection.QueryAsync<long>("SELECT sealed_at FROM ledger_block ORDER BY height")));
        Assert.True((await VerifyAsync(ledger, new())).IsRight);

        // As an older version would have sealed it, with the right key.
        await ledger.PostedAsync(ledger.Order(creator, Guid.NewGuid(), 1));
        await ledger.Database.WriteAsync(async transaction =>
        {
            var connection = transaction.Connection!;
            var range = (await BlockRange.ReadAsync(connection, transaction, 2, 10, default))!;
            var (hash, marks) = range.Hash((await WordsKey.FindAsync(connection, transaction))!);
            var signer = await ledger.Inside<AuthorityKeys>().ForHeightAsync(transaction, 3, default);
            var below = await connection.ExecuteScalarAsync<byte[]>("SELECT hash FROM ledger_block WHERE height = 2", transaction: transaction);
            var header = new BlockHeader(3, below!, 3, 3, first.AddMilliseconds(-1), hash, 1);
            await SealBlocks.InsertAsync(transaction, Block.Of(header, signer.Sign(header), marks), default);
        });
        Assert.Contains("before the block below it", (await VerifyAsync(ledger, new())).Fault, StringComparison.Ordinal);
    }

    [Theory, EachEngine]
    public async Task The_job_goes_on_where_it_was_and_keeps_what_it_came_to(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await using var ledger = await OpenAsync(store);
        await SealedTwiceAsync(ledger);
        await StopHalfWayAsync(ledger);
        // In front of where it goes on, so that only a run from the beginning sees it.
        await ExecuteAsync(ledger, "UPDATE ledger_transfer SET note = 'changed' WHERE position = 1");
        var job = JobOf(ledger);
        Assert.InRange(job.FirstPause(), TimeSpan.Zero, TimeSpan.FromMinutes(1));

        Assert.True(await job.RunAsync(default));
        Assert.Equal((null, null, 5L, 2L, 0L), (job.Last!.Fault, job.Last.FiguresFault, job.Last.Position, job.Last.Height, job.Last.UnsignedEntries));
        ledger.Clock.Advance(TimeSpan.FromHours(20));
        var next = JobOf(ledger);
        Assert.Equal(TimeSpan.FromHours(4), next.FirstPause());
        Assert.Equal(job.Last, next.Last);

        Assert.True(await next.RunAsync(default));
        Assert.StartsWith("Position 1: it is not what block 1", next.Last!.Fault, StringComparison.Ordinal);
        Assert.Contains(_logs.Lines, line => line.Level == Microsoft.Extensions.Logging.LogLevel.Error && line.Text.Contains("Position 1", StringComparison.Ordinal));
        // What was wrong is not waited with.
        Assert.InRange(JobOf(ledger).FirstPause(), TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Theory, EachEngine]
    public async Task The_job_tells_faults_of_figures_and_of_the_pinned_authority(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await using var ledger = await OpenAsync(store);
        await SealedTwiceAsync(ledger);
        await ledger.FollowAsync();
        await ExecuteAsync(ledger, "UPDATE ledger_coin_stats SET holders = holders + 1 WHERE coin = 'PTM'");
        var job = JobOf(ledger);

        await job.RunAsync(default);
        Assert.Null(job.Last!.Fault);
        Assert.StartsWith("The figures of PTM", job.Last.FiguresFault, StringComparison.Ordinal);
        Assert.Contains("Build it again with 'rebuild'", _logs.All, StringComparison.Ordinal);

        job = JobOf(ledger, options => options.PinnedAuthority = new string('0', 64));
        await job.RunAsync(default);
        Assert.Equal("Authority 1 is not the pinned one.", job.Last!.Fault);
    }

    [Theory, EachEngine]
    public async Task Nothing_that_the_job_meets_stops_it(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await using var ledger = await OpenAsync(store);
        await SealedTwiceAsync(ledger);
        await ExecuteAsync(ledger, $"UPDATE ledger_transfer SET note = {(engine == Engine.Sqlite ? "char(8)" : "chr(8)")} WHERE position = 2");
        using var job = JobOf(ledger);
        await job.StartAsync(default);
        await Eventually.TrueAsync(() => ledger.Clock.WaitingTimers > 0, "it waits");
        ledger.Clock.Advance(TimeSpan.FromMinutes(1));
        await Eventually.TrueAsync(() => job.Last is { Fault: { } fault } && fault.StartsWith("Position 2: it cannot be read", StringComparison.Ordinal), "it has read");

        await ExecuteAsync(ledger, "ALTER TABLE ledger_transfer RENAME TO ledger_away");
        await Eventually.TrueAsync(() => ledger.Clock.WaitingTimers > 0, "it waits");
        ledger.Clock.Advance(TimeSpan.FromDays(1));
        await Eventually.TrueAsync(() => job.Last!.Fault!.StartsWith("The store could not be read", StringComparison.Ordinal), "it has failed");

        await ExecuteAsync(ledger, "ALTER TABLE ledger_away RENAME TO ledger_transfer");
        await ExecuteAsync(ledger, "UPDATE ledger_transfer SET note = NULL WHERE position = 2");
        await Eventually.TrueAsync(() => ledger.Clock.WaitingTimers > 0, "it waits");
        ledger.Clock.Advance(TimeSpan.FromDays(1));
        await Eventually.TrueAsync(() => job.Last!.Fault is null, "it has read again");
        await job.StopAsync(default);
    }

    [Fact]
    public async Task A_pinned_authority_that_is_no_key_is_refused()
    {
        await using var ledger = await TestLedger.CreateAsync(Engine.Sqlite, options => options.PinnedAuthority = "12");
        var refused = Assert.Throws<OptionsValidationException>(() => ledger.Inside<LedgerWriter>());

        Assert.Contains("Ledger:PinnedAuthority must be 64 hexadecimal digits", Assert.Single(refused.Failures), StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task One_process_verifies_at_a_time()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Postgres);
        await using var ledger = await OpenAsync(store);
        await SealedTwiceAsync(ledger);
        var job = JobOf(ledger);
        await ledger.Database.WriteAsync(async transaction =>
        {
            // Another process's run.
            Assert.True(await transaction.Connection!.ExecuteScalarAsync<bool>(
                "SELECT pg_try_advisory_xact_lock(hashtextextended('ledger.verify', 0))", transaction: transaction));
            Assert.False(await job.RunAsync(default));
            Assert.Null(job.Last);
            // The operator's own is not kept waiting.
            Assert.True((await VerifyAsync(ledger, new())).IsRight);
        });

        Assert.True(await job.RunAsync(default));
        Assert.Null(job.Last!.Fault);
    }

    private string In(string name) => Path.Combine(_folder.Path, name);

    /// <summary>Five entries: block 1 ends with the third.</summary>
    private static async Task<Guid> SealedTwiceAsync(TestLedger ledger)
    {
        var creator = await ledger.LaunchAsync("PTM", 1_000);
        foreach (var coins in new[] { 1, 2 })
            await ledger.PostedAsync(ledger.Order(creator, Guid.NewGuid(), coins));
        await SealAsync(ledger);
        foreach (var coins in new[] { 3, 4 })
            await ledger.PostedAsync(ledger.Order(creator, Guid.NewGuid(), coins));
        await SealAsync(ledger);
        return creator;
    }

    /// <summary>Behind block 1.</summary>
    private async Task StopHalfWayAsync(TestLedger ledger)
    {
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ledger.Inside<VerifyLedger>().ExecuteAsync(
            new() { StateFile = State }, new Stopping(stop), stop.Token));
        Assert.True(File.Exists(State));
    }

    private VerifyJob JobOf(TestLedger ledger, Action<LedgerOptions>? configure = null)
    {
        var options = new LedgerOptions { VerifyFolder = _folder.Path };
        configure?.Invoke(options);
        return new VerifyJob(ledger.Inside<VerifyLedger>(), Options.Create(options), ledger.Clock, _logs.For<VerifyJob>());
    }

    private async Task<TestLedger> OpenAsync(TestDatabase store) =>
        await TestLedger.OpenAsync(store.Setting, options => options.AuthorityKeysFolder = In("authority"));

    private static Task<int> SealAsync(TestLedger ledger) => ledger.Inside<SealBlocks>().ExecuteAsync(default);

    private static Task<VerifyLedger.Result> VerifyAsync(TestLedger ledger, VerifyLedger.Request request) =>
        ledger.Inside<VerifyLedger>().ExecuteAsync(request, null, default);

    private static Task ExecuteAsync(TestLedger ledger, string sql) =>
        ledger.Database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(sql, transaction: transaction));

    private sealed class Stopping(CancellationTokenSource stop) : IProgress<VerifyLedger.Progress>
    {
        public void Report(VerifyLedger.Progress value) => stop.Cancel();
    }
}
