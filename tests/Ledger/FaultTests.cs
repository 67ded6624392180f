using System.Data.Common;
using Dapper;
using Microsoft.Extensions.Options;
using Rally.Ledger.Blocks;
using Rally.Ledger.Journal;
using Rally.Ledger.Tests.Blocks;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests;

/// <summary>What is acknowledged stays, what fails leaves nothing.</summary>
public sealed class FaultTests
{
    [Theory, EachEngine]
    public async Task A_failure_before_the_commit_leaves_nothing_and_tells_every_caller(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var creator = await ledger.LaunchAsync("PTM", 1_000);
        await BreakAsync(ledger);
        TransferOrder[] orders =
            [.. Enumerable.Range(0, 40).Select(i => ledger.Order(creator, Guid.NewGuid(), 1, note: i % 10 == 9 ? "break" : ""))];

        var release = await ledger.HoldWriterAsync();
        var answers = orders.Select(order => ledger.PostAsync(order)).ToList();
        await release();
        await Eventually.TrueAsync(() => answers.All(answer => answer.IsCompleted), "an answer for every caller");

        // The writer may have taken the first few before it was held: they may have made it.
        var failed = answers.Where(answer => answer.IsFaulted).ToList();
        Assert.InRange(failed.Count, 4, 40);
        Assert.All(failed, answer => Assert.IsAssignableFrom<DbException>(answer.Exception!.InnerException));
        Assert.Equal(1 + 40 - failed.Count, await ledger.CheckAsync());

        await MendAsync(ledger);
        foreach (var order in orders)
            await ledger.PostedAsync(order);
        Assert.Equal(41, await ledger.CheckAsync());
    }

    [Theory, EachEngine]
    public async Task Shutting_down_commits_what_is_queued_and_then_refuses(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine, largestBatch: 4);
        var creator = await ledger.LaunchAsync("PTM", 1_000);
        var release = await ledger.HoldWriterAsync();
        var queued = Enumerable.Range(0, 10).Select(_ => ledger.PostAsync(ledger.Order(creator, Guid.NewGuid(), 1))).ToList();

        var stopping = ledger.Writer.StopAsync(default);
        await Assert.ThrowsAsync<LedgerStoppedException>(() => ledger.PostAsync(ledger.Order(creator, Guid.NewGuid(), 1)));
        Assert.False(stopping.IsCompleted);
        await release();
        await stopping;

        Assert.All(await Task.WhenAll(queued), answer => Assert.IsType<PostResult.Posted>(answer));
        Assert.Equal(11, await ledger.CheckAsync());
    }

    [Theory, EachEngine]
    public async Task A_command_with_a_defect_fails_alone(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var creator = await ledger.LaunchAsync("PTM", 1_000);
        var friend = Guid.NewGuid();
        await ledger.PostedAsync(ledger.Order(creator, friend, 1));

        var release = await ledger.HoldWriterAsync();
        var before = ledger.PostAsync(ledger.Order(creator, friend, 1));
        Task<PostResult>[] defective = [SubmitAsync(new ThrowingCommand()), SubmitAsync(new ForgingCommand(AccountKey.Of(friend, "PTM"), ledger.NewId()))];
        var behind = ledger.PostAsync(ledger.Order(creator, friend, 1));
        await release();

        Assert.IsType<PostResult.Posted>(await before);
        Assert.IsType<PostResult.Posted>(await behind);
        foreach (var failed in defective)
            await Assert.ThrowsAsync<CommandFailedException>(() => failed);
        Assert.Equal(4, await ledger.CheckAsync());
        Assert.Equal(Amounts.Amount.Coins(3), (await ledger.BalancesAsync(friend))["PTM"]);

        Task<PostResult> SubmitAsync(LedgerCommand command) => ledger.Writer.SubmitAsync(command, default);
    }

    [Theory, EachEngine]
    public async Task A_caller_that_stops_waiting_finds_its_transfer_by_id(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var creator = await ledger.LaunchAsync("PTM", 1_000);
        var order = ledger.Order(creator, Guid.NewGuid(), 1);
        using var impatient = new CancellationTokenSource();
        var release = await ledger.HoldWriterAsync();

        var waiting = ledger.Writer.SubmitAsync(new PostCommand(order), impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await release();

        Assert.True(Assert.IsType<PostResult.Posted>(await ledger.PostAsync(order)).Repeated);
        Assert.Equal(2, await ledger.CheckAsync());
    }

    [Theory, EachEngine]
    public async Task The_check_names_what_was_tampered_with(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var creator = await ledger.LaunchAsync("PTM", 1_000);
        for (var i = 0; i < 3; i++)
            await ledger.PostedAsync(ledger.Order(creator, Guid.NewGuid(), 10));

        await FaultAfterAsync(Forgery.OnBalances("balance = balance + 1", "account = 3"), "is at 10.000001, the log comes to 10.");
        await FaultAfterAsync("UPDATE ledger_transfer SET amount = amount + 1 WHERE position = 3", "Position 3: it says");
        await FaultAfterAsync("DELETE FROM ledger_transfer WHERE position = 2", "from position 1 to 3");
        await FaultAfterAsync("DELETE FROM ledger_transfer WHERE position = 4", "is at 970, the log comes to 980.");
        Assert.Equal(4, await ledger.CheckAsync());

        async Task FaultAfterAsync(string tampering, string expected)
        {
            // Rolled back by the exception, so each is the only one.
            await Assert.ThrowsAsync<OperationCanceledException>(() => ledger.Database.WriteAsync(async transaction =>
            {
                await transaction.Connection!.ExecuteAsync(tampering, transaction: transaction);
                using var verification = await Verification.BeginAsync(transaction.Connection!, transaction, new(), null, ledger.Clock, default);
                Assert.Contains(expected, (await verification.RunAsync(default)).Fault, StringComparison.Ordinal);
                throw new OperationCanceledException();
            }));
        }
    }

    [Theory]
    [InlineData(499, 1, 1_000), InlineData(500, 0, 1_000), InlineData(500, 1, 1_001), InlineData(500, 1, 0)]
    public async Task Settings_out_of_range_are_refused(int largestBatch, int queueCapacity, int pollMilliseconds)
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(async () =>
        {
            await using var ledger = await TestLedger.CreateAsync(Engine.Sqlite, options =>
            {
                options.LargestBatch = largestBatch;
                options.QueueCapacity = queueCapacity;
                options.FeedPollInterval = TimeSpan.FromMilliseconds(pollMilliseconds);
            });
            await ledger.LaunchAsync("PTM", 1);
        });

        Assert.Single(refused.Failures);
    }

    /// <summary>Makes the store itself fail after the accounts of a batch were written.</summary>
    private static Task BreakAsync(TestLedger ledger) => ExecuteAsync(ledger, ledger.Database.Engine == Engine.Sqlite
        ? """
          CREATE TRIGGER break_note BEFORE INSERT ON ledger_transfer WHEN NEW.note = 'break'
          BEGIN SELECT RAISE(ABORT, 'broken on purpose'); END
          """
        : """
          CREATE FUNCTION break_note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'broken on purpose'; END $$;
          CREATE TRIGGER break_note BEFORE INSERT ON ledger_transfer FOR EACH ROW WHEN (NEW.note = 'break') EXECUTE FUNCTION break_note()
          """);

    private static Task MendAsync(TestLedger ledger) =>
        ExecuteAsync(ledger, ledger.Database.Engine == Engine.Sqlite ? "DROP TRIGGER break_note" : "DROP TRIGGER break_note ON ledger_transfer");

    private static async Task ExecuteAsync(TestLedger ledger, string sql) =>
        await ledger.Database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(sql, transaction: transaction));

    private sealed class ThrowingCommand : LedgerCommand
    {
        public override int MostEntries => 1;

        public override void Name(Needs needs)
        {
        }

        public override PostResult Apply(Batch batch) => throw new InvalidOperationException("A defect of this test.");
    }

    /// <summary>Makes a coin out of nothing, which the laws find when the batch is closed.</summary>
    private sealed class ForgingCommand(AccountKey account, Guid id) : LedgerCommand
    {
        public override int MostEntries => 1;

        public override void Name(Needs needs) => needs.Account(account);

        public override PostResult Apply(Batch batch)
        {
            var posted = batch.Post(new TransferOrder(
                id, AccountKey.Mint("PTM"), account, new Amounts.Amount(1), TransferKind.Issue));
            var forged = batch.Account(account);
            forged.Current = forged.Current with { Balance = forged.Balance + new Amounts.Amount(1) };
            return posted;
        }
    }
}
