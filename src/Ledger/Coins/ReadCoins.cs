using Dapper;
using Rally.Ledger.Amounts;
using Rally.Ledger.Store;
using Rally.Storage;

namespace Rally.Ledger.Coins;

/// <summary>Looks up coins and who holds them.</summary>
internal sealed class ReadCoins(Database database)
{
    /// <summary>What somebody has of a coin; above zero.</summary>
    public sealed record Holding(Guid Holder, Amount Balance);

    /// <summary>All coins by symbol, but for RLY.</summary>
    public async Task<IReadOnlyList<Coin>> AllAsync(CancellationToken stop)
    {
        var rows = await database.ReadAsync(connection => connection.QueryAsync<CoinRow>(new CommandDefinition(
            CoinRow.Select + " WHERE curve <> 'base' ORDER BY symbol", cancellationToken: stop)), stop).ConfigureAwait(false);
        return [.. rows.Select(row => row.ToCoin())];
    }

    /// <param name="symbol">In upper case.</param>
    /// <param name="stop">Ends the read.</param>
    /// <returns>Null when there is no such coin.</returns>
    public async Task<Coin?> FindAsync(string symbol, CancellationToken stop)
    {
        var row = await database.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<CoinRow>(new CommandDefinition(
            CoinRow.Select + " WHERE symbol = @symbol", new { symbol }, cancellationToken: stop)), stop).ConfigureAwait(false);
        return row?.ToCoin();
    }

    /// <summary>Holders with more than nothing, by their ids, from above <paramref name="after"/>; the empty id for the first.</summary>
    public async Task<IReadOnlyList<Holding>> HoldersAsync(string symbol, Guid after, int limit, CancellationToken stop)
    {
        var rows = await database.ReadAsync(connection => connection.QueryAsync<HoldingRow>(new CommandDefinition("""
            SELECT a.holder, b.balance
            FROM ledger_account a
            JOIN ledger_balance b ON b.account = a.id
            WHERE a.coin = @symbol AND a.holder > @after AND b.balance > 0
            ORDER BY a.holder
            LIMIT @limit
            """, new { symbol, after, limit = (long)limit }, cancellationToken: stop)), stop).ConfigureAwait(false);
        return [.. rows.Select(row => new Holding(row.Holder, new Amount(row.Balance)))];
    }

    // Not positional: SQLite tells no type for a column that is computed.
    private sealed record HoldingRow
    {
        public Guid Holder { get; init; }

        public long Balance { get; init; }
    }
}
