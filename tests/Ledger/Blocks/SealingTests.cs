using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Rally.Ledger.Amounts;
using Rally.Ledger.Blocks;
using Rally.Ledger.Coins;
using Rally.Ledger.Journal;
using Rally.Ledger.Trades;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests.Blocks;

/// <summary>Blocks are sealed over the log, verified, and whatever is changed behind the ledger's back is named.</summary>
public sealed class SealingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory, EachEngine]
    public async Task What_the_log_has_grown_by_is_sealed_and_verifies(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await using (var ledger = await OpenAsync(store))
        {
            Assert.Equal(0, await SealAsync(ledger));
            await BusyAsync(ledger);
            Assert.Equal((1, 0), (await SealAsync(ledger), await SealAsync(ledger)));
            await ledger.LaunchAsync("NEW", 5);
            Assert.Equal(1, await SealAsync(ledger));
        }

        await using var later = await OpenAsync(store);
        await later.LaunchAsync("NEWER", 5);
        Assert.Equal(1, await SealAsync(later));
        await later.LaunchAsync("NEWEST", 5);
        var result = await VerifyAsync(later);

        Assert.Null(result.Fault);
        Assert.Equal((3, 64), (result.Height, result.Authority!.Length));
        Assert.Equal(await later.Feed.LastPositionAsync(default), result.Position);
        Assert.Contains("not the pinned one", (await later.Services.GetRequiredService<VerifyLedger>().ExecuteAsync(
            new() { PinnedAuthority = new byte[32] }, null, default)).Fault, StringComparison.Ordinal);
    }

    [Theory, EachEngine]
    public async Task The_first_row_that_was_changed_is_named(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await using var ledger = await OpenAsync(store);
        await BusyAsync(ledger);
        await SealAsync(ledger);
        await BusyAsync(ledger, "KSK");
        await SealAsync(ledger);
        await ledger.LaunchAsync("NEW", 5);

        await FaultAfterAsync("UPDATE ledger_transfer SET note = 'for me' WHERE position = 4", "Position 4: it is not what block 1 was sealed with.");
        await FaultAfterAsync("UPDATE ledger_transfer SET reference = 'x' WHERE position = 2", "Position 2: it is not");
        await FaultAfterAsync("UPDATE ledger_transfer SET kind = 'transfer' WHERE position = 1", "Position 1: it is not");
        await FaultAfterAsync("UPDATE ledger_transfer SET details = NULL WHERE position = 6", "Position 6: it is not");
        await FaultAfterAsync("UPDATE ledger_transfer SET posted_at = posted_at + 1 WHERE position = 3", "Position 3: it is not");
        await FaultAfterAsync("UPDATE ledger_transfer SET amount = amount + 1 WHERE position = 5", "Position 5: it is not");
        await FaultAfterAsync("UPDATE ledger_transfer SET amount = amount + 1, debit_balance = debit_balance - 1, credit_balance = credit_balance + 1 WHERE position = 5", "Position 5");
        await FaultAfterAsync(Forgery.OnBalances("balance = balance - 1", "account = 2"), "the log comes to");
        await FaultAfterAsync("UPDATE ledger_coin SET terms = replace(terms, '500', '501') WHERE symbol = 'PTM'", "Block 1: a coin launched");
        await FaultAfterAsync("UPDATE ledger_coin SET name = 'Mine' WHERE symbol = 'KSK'", "Block 2: a coin launched");
        await FaultAfterAsync("DELETE FROM ledger_block WHERE height = 1", "Block 2: it comes after block 0.");
        await FaultAfterAsync("UPDATE ledger_block SET sealed_at = sealed_at + 1 WHERE height = 2", "Block 2: its hash");
        await FaultAfterAsync("UPDATE ledger_block SET signature = (SELECT signature FROM ledger_block WHERE height = 1) WHERE height = 2", "Block 2: it is not signed");
        await FaultAfterAsync("UPDATE ledger_block SET last_position = last_position + 1 WHERE height = 2", "Block 2: its hash");
        await FaultAfterAsync("DELETE FROM ledger_transfer WHERE position = 3", "position 2 to 4");
        await FaultAfterAsync("UPDATE ledger_transfer SET amount = amount + 1 WHERE position = 15", "Position 15: it says");
        await FaultAfterAsync("DELETE FROM ledger_transfer WHERE position = (SELECT max(position) FROM ledger_transfer)", "no entry");
        Assert.Null((await VerifyAsync(ledger)).Fault);

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

    [Theory, EachEngine]
    public async Task An_interrupted_verification_goes_on_where_it_was(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await using var ledger = await OpenAsync(store);
        await BusyAsync(ledger);
        await SealAsync(ledger);
        await BusyAsync(ledger, "KSK");
        await SealAsync(ledger);
        var state = Path.Combine(_folder.Path, "verify.state");
        using var impatient = new CancellationTokenSource();
        var first = new Seen(progress => impatient.Cancel());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ledger.Services.GetRequiredService<VerifyLedger>().ExecuteAsync(
            new() { StateFile = state }, first, impatient.Token));
        var second = new Seen(_ => { });
        var result = await ledger.Services.GetRequiredService<VerifyLedger>().ExecuteAsync(new() { StateFile = state }, second, default);

        Assert.Equal([1L], first.Heights);
        Assert.Equal([2L], second.Heights);
        Assert.Null(result.Fault);
        Assert.False(File.Exists(state));
    }

    [Theory, EachEngine]
    public async Task A_state_file_that_is_torn_or_of_another_store_is_not_believed(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await using var ledger = await OpenAsync(store);
        await BusyAsync(ledger);
        await SealAsync(ledger);
        var state = Path.Combine(_folder.Path, "verify.state");
        new VerifyState(
            ledger.Clock.GetUtcNow(), 2, DateTimeOffset.UnixEpoch, new(1, new byte[32], 2, DateTimeOffset.UnixEpoch),
            new Dictionary<AccountKey, JournalReplay.Numbered>(), [], 0).Save(state);

        Assert.Null((await ledger.Services.GetRequiredService<VerifyLedger>().ExecuteAsync(new() { StateFile = state }, null, default)).Fault);
        await File.WriteAllTextAsync(state, "torn");
        Assert.Null((await ledger.Services.GetRequiredService<VerifyLedger>().ExecuteAsync(new() { StateFile = state }, null, default)).Fault);
    }

    [PostgresFact]
    public async Task Two_processes_seal_one_chain()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Postgres);
        await using var one = await OpenAsync(store);
        await using var other = await OpenAsync(store);
        await BusyAsync(one);
        await SealAsync(one);
        for (var i = 0; i < 10; i++)
        {
            await one.LaunchAsync($"C{i}", 5);
            await Task.WhenAll(Task.Run(() => SealAsync(one)), Task.Run(() => SealAsync(other)));
        }

        Assert.Equal((null, 11L), ((await VerifyAsync(other)).Fault, (await VerifyAsync(other)).Height));
    }

    [Fact]
    public async Task A_block_never_cuts_a_command()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Sqlite);
        await using var ledger = await OpenAsync(store);
        var creator = await ledger.LaunchAsync("PTM", 1_000);
        await ledger.PostAsync([.. Enumerable.Range(0, 5).Select(_ => ledger.Order(creator, Guid.NewGuid(), 1))]);

        var ranges = await ledger.Database.ReadAsync(async connection => new[]
        {
            (await BlockRange.ReadAsync(connection, null, 0, 3, default))!.LastPosition,
            (await BlockRange.ReadAsync(connection, null, 0, 1, default))!.LastPosition,
        });

        Assert.Equal([6L, 1L], ranges);
    }

    /// <summary>Seven entries: a grant and its first part, RLY, a purchase of two legs, and two linked transfers with words.</summary>
    private static async Task BusyAsync(TestLedger ledger, string symbol = "PTM")
    {
        await ledger.LaunchOnCurveAsync(symbol, "linear");
        var buyer = await ledger.FundAsync(100);
        var terms = ledger.NewId();
        Assert.IsType<PostResult.Posted>(await ledger.PostAsync(
            new TransferOrder(ledger.NewId(), AccountKey.Of(buyer, "RLY"), AccountKey.Of(Guid.NewGuid(), "RLY"), new(5), TransferKind.Transfer, "für dich ✓", "order 7"),
            new TransferOrder(ledger.NewId(), AccountKey.Of(buyer, "RLY"), AccountKey.Of(Guid.NewGuid(), "RLY"), new(5), TransferKind.Transfer)));
        Assert.IsType<PostResult.Posted>(await ledger.Writer.SubmitAsync(
            new BuyCommand(terms, buyer, symbol, TradeSize.Coins(Amount.Coins(10)), null), default));
    }

    private async Task<TestLedger> OpenAsync(TestDatabase store) =>
        await TestLedger.OpenAsync(store.Setting, options => options.AuthorityKeysFolder = Path.Combine(_folder.Path, "authority"));

    private static Task<int> SealAsync(TestLedger ledger) => ledger.Services.GetRequiredService<SealBlocks>().ExecuteAsync(default);

    private static Task<VerifyLedger.Result> VerifyAsync(TestLedger ledger) =>
        ledger.Services.GetRequiredService<VerifyLedger>().ExecuteAsync(new(), null, default);

    private sealed class Seen(Action<VerifyLedger.Progress> then) : IProgress<VerifyLedger.Progress>
    {
        public List<long> Heights { get; } = [];

        public void Report(VerifyLedger.Progress value)
        {
            Heights.Add(value.Height);
            then(value);
        }
    }
}
