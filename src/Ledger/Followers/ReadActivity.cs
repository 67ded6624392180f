using System.Text.Json;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Journal;
using Rally.Ledger.Store;
using Rally.Storage;

namespace Rally.Ledger.Followers;

/// <summary>What people last did with a coin, as Rally's first API told it.</summary>
internal sealed class ReadActivity(Database database)
{
    private const int Most = 100;

    /// <param name="Entry">The coin's own entry.</param>
    /// <param name="Action"><c>purchase</c>, <c>redemption</c>, <c>convert</c>, <c>donation</c> (to the creator) or <c>transfer</c>.</param>
    /// <param name="Rly">What a trade came to; null for what was sent.</param>
    public sealed record Item(JournalEntry Entry, string Action, Amount? Rly);

    /// <summary>The newest, newest first.</summary>
    public async Task<IReadOnlyList<Item>> ExecuteAsync(Coin coin, CancellationToken stop)
    {
        var entries = await database.ReadAsync(connection => FollowedLog.EntriesAsync(connection, $"""
            {EntryRow.Select}
            JOIN ledger_coin_history h ON h.position = t.position
            WHERE h.coin = @coin AND t.kind IN @kinds
            ORDER BY h.position DESC
            LIMIT @most
            """, new
        {
            coin = coin.Symbol,
            kinds = (string[])[TransferKind.Transfer, TransferKind.Post, TransferKind.Buy, TransferKind.Sell],
            most = (long)Most,
        }, stop), stop).ConfigureAwait(false);
        return [.. entries.Select(entry => new Item(entry, Action(entry, coin), Trade.Of(entry, coin)?.Rly))];
    }

    private static string Action(JournalEntry entry, Coin coin) => entry.Order.Kind switch
    {
        // A purchase's coins are its second entry; in a conversion the sale comes first.
        TransferKind.Buy when entry.Link > 1 => "convert",
        TransferKind.Buy => "purchase",
        TransferKind.Sell when IsConversion(entry.Order.Details) => "convert",
        TransferKind.Sell => "redemption",
        _ when entry.Order.Credit.Holder == coin.Creator => "donation",
        _ => "transfer",
    };

    private static bool IsConversion(string? details)
    {
        if (details is null)
            return false;
        using var request = JsonDocument.Parse(details);
        return request.RootElement.TryGetProperty("side", out var side) && side.GetString() == "convert";
    }
}
