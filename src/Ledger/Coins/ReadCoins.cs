using Dapper;
using Rally.Ledger.Amounts;
using Rally.Storage;

namespace Rally.Ledger.Coins;

/// <summary>Looks up coins and who holds them.</summary>
internal sealed class ReadCoins(Database database)
{
    private const string SelectCoin = "SELECT symbol, name, creator, supply, launched_at FROM ledger_coin";

    /// <summary>What somebody has of a coin; above zero.</summary>
    public sealed record Holding(Guid Holder, Amount Balance);

    /// <summary>All coins by symbol.</summary>
    public async Task<IReadOnlyList<Coin>> AllAsync(CancellationToken stop)
    {
        var rows = await database.ReadAsync(connection => connection.QueryAsync<CoinRow>(new CommandDefinition(
            SelectCoin + " ORDER BY symbol", cancellationToken: stop)), stop).ConfigureAwait(false);
        return [.. rows.Select(row => row.ToCoin())];
    }

    /// <param name="symbol">In upper case.</param>
    /// <param name="stop">Ends the read.</param>
    /// <returns>Null when there is no such coin.</returns>
    public async Task<Coin?> FindAsync(string symbol, CancellationToken stop)
    {
        var row = await database.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<CoinRow>(new CommandDefinition(
            SelectCoin + " WHERE symbol = @symbol", new { symbol }, cancellationToken: stop)), stop).ConfigureAwait(false);
        return row?.ToCoin();
    }

    /// <summary>Holders with more than nothing, by their ids, from above <paramref name="after"/>; the empty id for the first.</summary>
    public async Task<IReadOnlyList<Holding>> HoldersAsync(string symbol, Guid after, int limit, CancellationToken stop)
    {
        var rows = await database.ReadAsync(connection => connection.QueryAsync<HoldingRow>(new CommandDefinition("""
            SELECT holder, balance
            FROM ledger_account
            WHERE coin = @symbol AND holder > @after AND balance > 0
            ORDER BY holder
            LIMIT @limit
            """, new { symbol, after, limit = (long)limit }, cancellationToken: stop)), stop).ConfigureAwait(false);
        return [.. rows.Select(row => new Holding(row.Holder, new Amount(row.Balance)))];
    }

    private sealed record CoinRow(string Symbol, string Name, Guid Creator, long Supply, DateTimeOffset LaunchedAt)
    {
        public Coin ToCoin() => new(Symbol, Name, Creator, new Amount(Supply), LaunchedAt);
    }

    private sealed record HoldingRow(Guid Holder, long Balance);
}
