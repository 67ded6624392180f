using Rally.Ledger.Coins;
using Rally.Ledger.Journal;
using Rally.Ledger.Prices;
using Rally.Ledger.Store;
using Rally.Ledger.Trades;
using Rally.Storage;

namespace Rally.Ledger.Followers;

/// <summary>What people last did with a coin, as Rally's first API told it.</summary>
internal sealed class ReadActivity(Database database, UsdPrice usd, RecordedRates recorded)
{
    private const int Most = 100;

    // Holds, unlocked grants and what comes back are walked past, but not all the way down a coin's history.
    private const int LookBack = 5_000;

    /// <param name="Entry">The coin's own entry.</param>
    /// <param name="Action"><c>purchase</c>, <c>redemption</c>, <c>convert</c>, <c>donation</c> (to the creator) or <c>transfer</c>.</param>
    /// <param name="UsdCents">What a trade came to at the price of RLY then; null for what was sent, and when there was no price or only a stale one.</param>
    public sealed record Item(JournalEntry Entry, string Action, long? UsdCents);

    /// <summary>The newest of the coin's last 5,000 entries, newest first.</summary>
    public async Task<IReadOnlyList<Item>> ExecuteAsync(Coin coin, CancellationToken stop)
    {
        var entries = await database.ReadAsync(connection => EntryRow.QueryAsync(connection, $"""
            {EntryRow.Select}
            JOIN (SELECT position FROM ledger_coin_history WHERE coin = @coin ORDER BY position DESC LIMIT @lookBack) h ON h.position = t.position
            WHERE t.kind IN ('{TransferKind.Transfer}', '{TransferKind.Post}', '{TransferKind.Buy}', '{TransferKind.Sell}')
            ORDER BY h.position DESC
            LIMIT @most
            """, new { coin = coin.Symbol, lookBack = (long)LookBack, most = (long)Most }, null, stop), stop).ConfigureAwait(false);
        var rates = usd.IsConfigured
            ? await recorded.AtAsync(entries.Select(entry => entry.Position), stop).ConfigureAwait(false)
            : new Dictionary<long, UsdRate>();
        return [.. entries.Select(entry => new Item(
            entry, Action(entry, coin), Trade.Of(entry, coin) is { } trade && rates.TryGetValue(entry.Position, out var rate) ? rate.ToCents(trade.Rly) : null))];
    }

    private static string Action(JournalEntry entry, Coin coin) => entry.Order.Kind switch
    {
        // A purchase's coins are its second entry; in a conversion the sale comes first.
        TransferKind.Buy when entry.Link > 1 => "convert",
        TransferKind.Buy => "purchase",
        TransferKind.Sell when TradeRequest.SideOf(entry.Order.Details) == TradeSide.Convert => "convert",
        TransferKind.Sell => "redemption",
        _ when entry.Order.Credit.Holder == coin.Creator => "donation",
        _ => "transfer",
    };
}
