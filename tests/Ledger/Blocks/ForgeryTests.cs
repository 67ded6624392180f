using System.Data.Common;
using Dapper;
using Rally.Ledger.Amounts;
using Rally.Ledger.Blocks;
using Rally.Ledger.Coins;
using Rally.Ledger.Escrow;
using Rally.Ledger.Exit;
using Rally.Ledger.Journal;
using Rally.Ledger.Trades;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests.Blocks;

/// <summary>What no command does is found even where everything adds up, and the entry or row that is wrong is named.</summary>
public sealed class ForgeryTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Guid _thief = Guid.NewGuid();
    private TestLedger _ledger = null!;
    private Guid _creator;
    private Guid _fan;
    private Guid _hold;

    public async ValueTask DisposeAsync()
    {
        await _ledger.DisposeAsync();
        _folder.Dispose();
    }

    [Theory, EachEngine]
    public async Task An_entry_that_no_command_posts_is_named(Engine engine)
    {
        await FillAsync(engine);
        var (thiefRly, thiefPtm, thiefFix) = (AccountKey.Of(_thief, "RLY"), AccountKey.Of(_thief, "PTM"), AccountKey.Of(_thief, "FIX"));
        var (reserve, escrow, fanPtm) = (AccountKey.Reserve("PTM"), AccountKey.Escrow("FIX"), AccountKey.Of(_fan, "PTM"));

        await ForgedAsync("nothing posts 'transfer'", t => Forgery.AddAsync(t, reserve, thiefRly, 5, "transfer"));
        await ForgedAsync("nothing posts 'issue' from PTM/mint", t => Forgery.AddAsync(t, AccountKey.Mint("PTM"), thiefPtm, 5, "issue"));
        await ForgedAsync("it makes 1000.000001 FIX of a supply of 1000", t => Forgery.AddAsync(t, AccountKey.Mint("FIX"), thiefFix, 1, "issue"));
        await ForgedAsync("nothing posts 'transfer' from FIX/escrow", t => Forgery.AddAsync(t, escrow, thiefFix, 5, "transfer"));
        await ForgedAsync("nothing posts 'gift'", t => Forgery.AddAsync(t, fanPtm, thiefPtm, 5, "gift"));
        await ForgedAsync("nothing posts 'transfer' from PTM/pocket", async t =>
        {
            await Forgery.AddAsync(t, fanPtm, AccountKey.Of(_creator, "PTM"), 5, "transfer");
            return await Forgery.AddAsync(t, new AccountKey(null, "PTM", "pocket"), thiefPtm, 5, "transfer");
        });
        await ForgedAsync("nothing posts 'issue' from RLY/mint", t => Forgery.AddAsync(t, AccountKey.Mint("RLY"), thiefRly, 5, "issue"));
        await ForgedAsync("it makes", t => Forgery.AddAsync(t, AccountKey.Bridge, thiefRly, IssueRly.Most.MinorUnits, "issue"));
        await ForgedAsync("is backed by", t => Forgery.AddAsync(t, reserve, thiefRly, 5, "sell"));
        await ForgedAsync("is backed by", t => Forgery.AddAsync(t, AccountKey.Mint("PTM"), thiefPtm, 5_000_000, "buy"));
        await ForgedAsync("it is PTM's creator's", t => Forgery.AddAsync(t, reserve, thiefRly, 5, "fee"));
        await ForgedAsync("it is PTM's creator's", t => Forgery.AddAsync(t, AccountKey.Vesting("PTM"), thiefPtm, 5, "vest"));
        await ForgedAsync("the grant of PTM", t => Forgery.AddAsync(t, AccountKey.Mint("PTM"), AccountKey.Vesting("PTM"), 5, "genesis"));
        await ForgedAsync("backs no coin on a curve", t => Forgery.AddAsync(t, AccountKey.Of(_fan, "RLY"), AccountKey.Reserve("FIX"), 5, "buy"));
        Assert.True((await VerifyAsync()).IsRight);
    }

    [Theory, EachEngine]
    public async Task An_end_that_a_pending_transfer_cannot_come_to_is_named(Engine engine)
    {
        await FillAsync(engine);
        var (escrow, sender, receiver, thief) = (AccountKey.Escrow("FIX"), AccountKey.Of(_creator, "FIX"), AccountKey.Of(_fan, "FIX"), AccountKey.Of(_thief, "FIX"));
        var (ends, later) = (HoldDetails.Resolves(_hold), _ledger.Clock.GetUtcNow().AddDays(3));

        await ForgedAsync("it is not what the pending transfer", t => Forgery.AddAsync(t, escrow, thief, 10_000_000, "post", ends));
        await ForgedAsync("it is not what the pending transfer", t => Forgery.AddAsync(t, escrow, thief, 10_000_000, "void", ends));
        await ForgedAsync("it is not what the pending transfer", t => Forgery.AddAsync(t, escrow, receiver, 10_000_001, "post", ends));
        await ForgedAsync("it is not what the pending transfer", t => Forgery.AddAsync(t, escrow, sender, 9_000_000, "void", ends));
        await ForgedAsync("1 FIX are left in escrow", t => Forgery.AddAsync(t, escrow, receiver, 9_000_000, "post", ends));
        await ForgedAsync("could be posted before", t => Forgery.AddAsync(t, escrow, receiver, 10_000_000, "post", ends, later));
        await ForgedAsync("could be posted before", t => Forgery.AddAsync(t, escrow, sender, 10_000_000, "expire", ends));
        await ForgedAsync("there is no pending transfer", t => Forgery.AddAsync(t, escrow, receiver, 10_000_000, "post", HoldDetails.Resolves(_thief)));
        await ForgedAsync("its details cannot be read", t => Forgery.AddAsync(t, escrow, receiver, 10_000_000, "post", "{}"));
        await ForgedAsync("its details cannot be read", t => Forgery.AddAsync(t, sender, escrow, 5, "hold"));
        Assert.True((await VerifyAsync()).IsRight);
    }

    [Theory, EachEngine]
    public async Task A_changed_pending_transfer_or_limit_is_named_and_not_exported(Engine engine)
    {
        await FillAsync(engine);
        var open = "WHERE state = 'open'";
        await ChangedAsync($"UPDATE ledger_hold SET amount = 1000 {open}", "The pending transfer");
        await ChangedAsync($"UPDATE ledger_hold SET receiver = sender {open}", "The pending transfer");
        await ChangedAsync($"UPDATE ledger_hold SET expires_at = expires_at + 1 {open}", "The pending transfer");
        await ChangedAsync("UPDATE ledger_hold SET state = 'open', resolved_position = NULL WHERE state = 'posted'", "has not ended where its row says");
        await ChangedAsync("UPDATE ledger_hold SET state = 'voided', resolved_position = resolved_position + 1 WHERE state = 'posted'", "has not ended where its row says");
        await ChangedAsync("UPDATE ledger_hold SET amount = amount + 1 WHERE state = 'posted'", "The pending transfer");
        await ChangedAsync("DELETE FROM ledger_hold WHERE state = 'voided'", "The log knows 4 pending transfers, the store has 3.");
        await ChangedAsync("UPDATE ledger_hold SET position = position - 1 WHERE state = 'voided'", "has a row and no entry");
        foreach (var figure in new[] { "flow_used", "flow_at", "bought_at" })
            await ChangedAsync(Forgery.OnBalances($"{figure} = {figure} - 1", $"{figure} > 0"), "has the limits");

        Assert.True((await VerifyAsync()).IsRight);
    }

    [Theory, EachEngine]
    public async Task What_cannot_be_read_is_named_and_not_exported(Engine engine)
    {
        await FillAsync(engine);
        var (bell, cut, one) = engine == Engine.Sqlite
            ? ("char(8)", "substr(id, 1, 15)", "x'00'")
            : ("chr(8)", "substring(id FROM 1 FOR 15)", "'\\x00'::bytea");
        await _ledger.Inside<SealBlocks>().ExecuteAsync(default);
        await _ledger.PostedAsync(_ledger.Order(_creator, _fan, 1, "FIX"));
        var last = (await VerifyAsync()).Position;

        await ChangedAsync($"UPDATE ledger_transfer SET note = {bell} WHERE position = 4", "Position 4: it cannot be read: A note");
        await ChangedAsync($"UPDATE ledger_transfer SET note = {bell} WHERE position = {last}", $"Position {last}: it cannot be read: A note");
        await ChangedAsync($"UPDATE ledger_transfer SET id = {cut} WHERE position = 3", "Position 3: it cannot be read");
        await ChangedAsync("UPDATE ledger_transfer SET link = 4294967296 WHERE position = 3", "Position 3: it cannot be read");
        // The first wrong row goes before the first one that cannot be read.
        await ChangedAsync($"UPDATE ledger_transfer SET note = 'x' WHERE position = 2; UPDATE ledger_transfer SET note = {bell} WHERE position = 5", "Position 2: it is not what");
        await ChangedAsync("UPDATE ledger_coin SET terms = 'null' WHERE symbol = 'PTM'", "Block 1: a coin launched");
        await ChangedAsync("UPDATE ledger_coin SET terms = '{' WHERE symbol = 'PTM'", "Block 1: a coin launched");
        await ChangedAsync("UPDATE ledger_coin SET launched_at = 9223372036854775807 WHERE symbol = 'PTM'", "cannot be read");
        await ChangedAsync("UPDATE ledger_coin SET launched_after = -1 WHERE symbol = 'PTM'", "Block 1: a coin launched");
        await ChangedAsync($"UPDATE ledger_block SET entries_hash = {one}", "Block 1: its header is none");
        await ChangedAsync("UPDATE ledger_block SET last_position = 9223372036854775807", "Block 1: its hash");
        await ChangedAsync($"UPDATE ledger_authority SET public_key = {one}", "Block 1: it is not signed");
        Assert.True((await VerifyAsync()).IsRight);
    }

    /// <summary>A curve coin with a purchase under control, a fixed one with flow control, and pending transfers: two open, one posted in part, one voided.</summary>
    private async Task FillAsync(Engine engine)
    {
        _ledger = await TestLedger.CreateAsync(engine, options => options.AuthorityKeysFolder = Path.Combine(_folder.Path, "authority"));
        _creator = await _ledger.LaunchLimitedAsync("FIX", 1_000, CoinTerms.None with { FlowBasisPoints = 5_000 });
        await _ledger.LaunchOnCurveAsync("PTM", "linear", CoinTerms.Linear with
        {
            LargestPurchase = Amount.Coins(1_000),
            BetweenPurchases = TimeSpan.FromHours(1),
            PurchaseControlFor = TimeSpan.FromDays(7),
        });
        _fan = await _ledger.FundAsync(100);
        await DoAsync(new BuyCommand(_ledger.NewId(), _fan, "PTM", TradeSize.Coins(Amount.Coins(10)), null));
        var holds = new[] { _ledger.NewId(), _ledger.NewId(), _ledger.NewId(), _ledger.NewId() };
        foreach (var id in holds)
            await DoAsync(new OpenHold(id, _creator, _fan, "FIX", Amount.Coins(10), _ledger.Clock.GetUtcNow().AddDays(2), "", ""));
        await DoAsync(ResolveHold.Post(_ledger.NewId(), holds[0], Amount.Coins(4)));
        await DoAsync(ResolveHold.Void(_ledger.NewId(), holds[1]));
        _hold = holds[2];
        Assert.True((await VerifyAsync()).IsRight);
    }

    private async Task DoAsync(LedgerCommand command) => Assert.IsType<PostResult.Posted>(await _ledger.Writer.SubmitAsync(command, default));

    private Task<VerifyLedger.Result> VerifyAsync() => _ledger.Inside<VerifyLedger>().ExecuteAsync(new(), null, default);

    /// <summary>The entry that is forged is the one that is named; then it is rolled back.</summary>
    private Task ForgedAsync(string expected, Func<DbTransaction, Task<long>> forge) =>
        Assert.ThrowsAsync<OperationCanceledException>(() => _ledger.Database.WriteAsync(async transaction =>
        {
            var position = await forge(transaction);
            using var verification = await Verification.BeginAsync(transaction.Connection!, transaction, new(), null, _ledger.Clock, default);
            var result = await verification.RunAsync(default);
            Assert.StartsWith($"Position {position}: ", result.Fault, StringComparison.Ordinal);
            Assert.Contains(expected, result.Fault, StringComparison.Ordinal);
            throw new OperationCanceledException();
        }));

    /// <summary>Verify names it, and nothing of it is exported; then it is rolled back.</summary>
    private Task ChangedAsync(string change, string expected) =>
        Assert.ThrowsAsync<OperationCanceledException>(() => _ledger.Database.WriteAsync(async transaction =>
        {
            Assert.True(await transaction.Connection!.ExecuteAsync(change, transaction: transaction) > 0, change);
            using var verification = await Verification.BeginAsync(transaction.Connection!, transaction, new(), null, _ledger.Clock, default);
            var fault = (await verification.RunAsync(default)).Fault;
            Assert.Contains(expected, fault, StringComparison.Ordinal);
            using var source = await LogSource.BeginAsync(transaction.Connection!, transaction, _ledger.Clock, default);
            var refused = await Assert.ThrowsAsync<ExitException>(async () =>
            {
                await foreach (var _ in source.LogAsync(default))
                {
                }
            });
            Assert.Contains(fault!, refused.Message, StringComparison.Ordinal);
            throw new OperationCanceledException();
        }));
}
