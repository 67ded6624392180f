using System.Data.Common;
using Dapper;
using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;
using Rally.Ledger.Store;
using Rally.Storage;

namespace Rally.Ledger.Coins;

/// <summary>Looks up coins with what there is of them and, where asked for, what somebody has done with them.</summary>
internal sealed class ReadCoinFigures(Database database)
{
    // One statement sees one moment, on both engines. Balances by subqueries: see the migration about recent balances.
    private const string Select = """
        SELECT c.symbol, c.name, c.image, c.creator, c.curve, c.supply, c.terms, c.rewards, c.suspended, c.launched_after, c.launched_at,
               c.revision,
               coalesce((SELECT balance FROM ledger_balance WHERE account = s.id), 0) AS source,
               coalesce((SELECT balance FROM ledger_balance WHERE account = v.id), 0) AS locked,
               coalesce((SELECT balance FROM ledger_balance WHERE account = h.id), 0) AS balance,
               coalesce((SELECT flow_used FROM ledger_balance WHERE account = h.id), 0) AS flow_used,
               coalesce((SELECT flow_at FROM ledger_balance WHERE account = h.id), 0) AS flow_at,
               coalesce((SELECT bought_at FROM ledger_balance WHERE account = h.id), 0) AS bought_at
        FROM ledger_coin c
        LEFT JOIN ledger_account s ON s.coin = c.symbol AND s.holder IS NULL AND s.kind = CASE c.curve WHEN 'base' THEN 'bridge' ELSE 'mint' END
        LEFT JOIN ledger_account v ON v.coin = c.symbol AND v.holder IS NULL AND v.kind = 'vesting'
        LEFT JOIN ledger_account h ON h.coin = c.symbol AND h.holder = @holder
        """;

    /// <param name="Figures">Of the coin.</param>
    /// <param name="Holder">Of the holder's account; all zero when there is none.</param>
    public sealed record Result(CoinFigures Figures, AccountFigures Holder);

    /// <summary>Coins by symbol, but for RLY, from above <paramref name="after"/>; the empty text for the first.</summary>
    public async Task<IReadOnlyList<CoinFigures>> PageAsync(string after, int limit, CancellationToken stop)
    {
        var results = await database.ReadAsync(connection => QueryAsync(
            connection,
            Select + " WHERE c.curve <> 'base' AND c.symbol > @after ORDER BY c.symbol LIMIT @limit",
            new { holder = Guid.Empty, after, limit = (long)limit },
            stop), stop).ConfigureAwait(false);
        return [.. results.Select(result => result.Figures)];
    }

    /// <param name="symbol">In upper case.</param>
    /// <param name="stop">Ends the read.</param>
    /// <returns>Null when there is no such coin.</returns>
    public async Task<CoinFigures?> FindAsync(string symbol, CancellationToken stop) =>
        (await FindAsync([symbol], Guid.Empty, stop).ConfigureAwait(false)).GetValueOrDefault(symbol)?.Figures;

    /// <summary>Those there are of up to two coins, by symbol.</summary>
    /// <param name="symbols">In upper case.</param>
    /// <param name="holder">Whose accounts to look at; the empty id for nobody's.</param>
    /// <param name="stop">Ends the read.</param>
    public async Task<IReadOnlyDictionary<string, Result>> FindAsync(IReadOnlyList<string> symbols, Guid holder, CancellationToken stop)
    {
        var results = await database.ReadAsync(connection => QueryAsync(
            connection,
            Select + " WHERE c.symbol IN (@first, @last)",
            new { holder, first = symbols[0], last = symbols[^1] },
            stop), stop).ConfigureAwait(false);
        return results.ToDictionary(result => result.Figures.Coin.Symbol);
    }

    private static Task<IEnumerable<Result>> QueryAsync(DbConnection connection, string sql, object parameters, CancellationToken stop) =>
        connection.QueryAsync<CoinRow, FiguresRow, Result>(
            new CommandDefinition(sql, parameters, cancellationToken: stop), (coin, figures) => figures.ToResult(coin.ToCoin()), splitOn: "source");

    private sealed class FiguresRow
    {
        /// <summary>Of the account that the coin comes from: below zero.</summary>
        public long Source { get; init; }

        public long Locked { get; init; }

        public long Balance { get; init; }

        public long FlowUsed { get; init; }

        public long FlowAt { get; init; }

        public long BoughtAt { get; init; }

        public Result ToResult(Coin coin) => new(
            new CoinFigures(coin, Amount.Zero - new Amount(Source), new Amount(Locked)),
            new AccountFigures(new Amount(Balance), new Amount(FlowUsed), FlowAt, BoughtAt));
    }
}
