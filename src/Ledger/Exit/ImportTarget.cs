using System.Data.Common;
using Dapper;
using Rally.Ledger.Blocks;
using Rally.Ledger.Coins;
using Rally.Ledger.Escrow;
using Rally.Ledger.Journal;
using Rally.Ledger.Store;

namespace Rally.Ledger.Exit;

/// <summary>The tables of an empty ledger, written in one transaction: nobody sees a part of them.</summary>
internal sealed class ImportTarget(DbTransaction transaction)
{
    private readonly ImportRows _coins = new(
        transaction, "ledger_coin", "symbol", "name", "image", "creator", "curve", "supply", "terms", "rewards", "suspended", "launched_after",
        "launched_at", "revision");

    private readonly ImportRows _entries = new(
        transaction, "ledger_transfer", "position", "id", "debit_account", "credit_account", "amount", "kind", "link", "posted_at", "debit_balance",
        "credit_balance", "note", "reference", "details");

    private readonly ImportRows _holds = new(
        transaction, "ledger_hold", "id", "position", "sender", "receiver", "coin", "amount", "held_at", "expires_at", "state", "resolved_position");

    private readonly ImportRows _blocks = new(
        transaction, "ledger_block", "height", "previous_hash", "first_position", "last_position", "sealed_at", "entries_hash", "hash", "authority",
        "signature", "marks");

    private readonly ImportRows _accounts = new(transaction, "ledger_account", "id", "holder", "coin", "kind");

    private readonly ImportRows _balances = new(transaction, "ledger_balance_settled", "account", "balance", "flow_used", "flow_at", "bought_at");

    private readonly List<LedgerLine.UsdPrice> _prices = [];
    private readonly List<string> _suspended = [];
    private long _revision = 1; // RLY's, which every ledger has

    /// <summary>What blocks are checked with, and refer to.</summary>
    public async Task AddAsync(LedgerLine.Header header, CancellationToken stop)
    {
        if (header.WordsKey is { } key)
            await WordsKey.InsertAsync(transaction, key).ConfigureAwait(false);
        foreach (var authority in header.Authorities)
        {
            await transaction.Connection!.ExecuteAsync(new CommandDefinition("""
                INSERT INTO ledger_authority (number, public_key, first_height, introduced_at, introduction)
                VALUES (@Number, @PublicKey, @FirstHeight, @IntroducedAt, @Introduction)
                """, authority, transaction, cancellationToken: stop)).ConfigureAwait(false);
        }
    }

    public void Add(LaunchRow coin)
    {
        if (coin.Symbol == CoinSymbol.Rly)
            return;
        _coins.Add(
            coin.Symbol, coin.Name, coin.Image, Id(coin.Creator), coin.Curve, coin.Supply, coin.Terms, coin.Rewards ? 1L : 0L, 0L,
            coin.LaunchedAfter, coin.LaunchedAt.ToUnixTimeMilliseconds(), ++_revision);
    }

    /// <param name="entry">The next entry.</param>
    /// <param name="replay">Up to it.</param>
    /// <param name="stop">Gives up.</param>
    public async Task AddAsync(JournalEntry entry, JournalReplay replay, CancellationToken stop)
    {
        var order = entry.Order;
        _entries.Add(
            entry.Position, EntryRow.Bytes(order.Id), replay.Accounts[order.Debit].Number, replay.Accounts[order.Credit].Number, order.Amount.MinorUnits, order.Kind, (long)entry.Link,
            entry.PostedAt.ToUnixTimeMilliseconds(), entry.DebitBalance.MinorUnits, entry.CreditBalance.MinorUnits,
            order.Note.Length > 0 ? order.Note : null, order.Reference.Length > 0 ? order.Reference : null, order.Details);
        if (_entries.IsFull)
            await _entries.FlushAsync(stop).ConfigureAwait(false);
        if (replay.Holds.Ended is { } hold)
            await AddAsync(hold, stop).ConfigureAwait(false);
    }

    private async Task AddAsync(Hold hold, CancellationToken stop)
    {
        _holds.Add(
            EntryRow.Bytes(hold.Id), hold.Position, EntryRow.Bytes(hold.Sender), EntryRow.Bytes(hold.Receiver), hold.Coin, hold.Amount.MinorUnits,
            hold.HeldAt.ToUnixTimeMilliseconds(), hold.ExpiresAt.ToUnixTimeMilliseconds(), hold.State, hold.ResolvedPosition);
        if (_holds.IsFull)
            await _holds.FlushAsync(stop).ConfigureAwait(false);
    }

    public async Task AddAsync(Block block, CancellationToken stop)
    {
        _blocks.Add(
            block.Height, block.PreviousHash, block.FirstPosition, block.LastPosition, block.SealedAt.ToUnixTimeMilliseconds(), block.EntriesHash,
            block.Hash, block.Authority, block.Signature, block.Marks);
        if (_blocks.IsFull)
            await _blocks.FlushAsync(stop).ConfigureAwait(false);
    }

    public void Add(LedgerLine.UsdPrice price) => _prices.Add(price);

    public void Add(LedgerLine.Suspended suspended) => _suspended.Add(suspended.Symbol);

    /// <summary>Writes the rest. The caller commits.</summary>
    public async Task FinishAsync(JournalReplay replay, CancellationToken stop)
    {
        foreach (var hold in replay.Holds.Open.Values)
            await AddAsync(hold, stop).ConfigureAwait(false);
        foreach (var (key, (number, figures)) in replay.Accounts)
        {
            _accounts.Add(number, Id(key.Holder), key.Coin, key.Kind);
            _balances.Add(number, figures.Balance.MinorUnits, figures.FlowUsed.MinorUnits, figures.FlowAt, figures.BoughtAt);
            if (!_accounts.IsFull)
                continue;
            await _accounts.FlushAsync(stop).ConfigureAwait(false);
            await _balances.FlushAsync(stop).ConfigureAwait(false);
        }

        foreach (var rows in new[] { _coins, _entries, _holds, _blocks, _accounts, _balances })
            await rows.FlushAsync(stop).ConfigureAwait(false);
        foreach (var symbol in _suspended)
            await ExecuteAsync("UPDATE ledger_coin SET suspended = 1 WHERE symbol = @symbol", new { symbol }, stop).ConfigureAwait(false);
        await AddPricesAsync(stop).ConfigureAwait(false);
    }

    // A ledger that was started while it was empty may have asked the feed already: that price stays too.
    private async Task AddPricesAsync(CancellationToken stop)
    {
        foreach (var price in _prices)
        {
            await ExecuteAsync(
                "INSERT INTO ledger_usd_price (at, nano_usd) VALUES (@At, @NanoUsd) ON CONFLICT (at) DO NOTHING", price, stop).ConfigureAwait(false);
        }

        if (_prices.Count > 0)
        {
            await ExecuteAsync(
                "UPDATE ledger_usd_feed SET nano_usd = @NanoUsd, confirmed_at = @At WHERE confirmed_at IS NULL", _prices[^1], stop).ConfigureAwait(false);
        }
    }

    private Task<int> ExecuteAsync(string sql, object parameters, CancellationToken stop) =>
        transaction.Connection!.ExecuteAsync(new CommandDefinition(sql, parameters, transaction, cancellationToken: stop));

    private static byte[]? Id(Guid? id) => id is { } present ? EntryRow.Bytes(present) : null;
}
