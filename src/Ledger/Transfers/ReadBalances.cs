using Dapper;
using Rally.Ledger.Amounts;
using Rally.Storage;

namespace Rally.Ledger.Transfers;

/// <summary>What somebody holds, and how far the log had come when that was true.</summary>
internal sealed class ReadBalances(Database database)
{
    /// <param name="Position">The log's last position; 0 when it is empty.</param>
    /// <param name="Balances">By symbol; a coin not held is not there.</param>
    public sealed record Result(long Position, IReadOnlyList<Balance> Balances);

    public sealed record Balance(string Coin, Amount Amount);

    public async Task<Result> ExecuteAsync(Guid holder, CancellationToken stop)
    {
        // One statement sees one moment, on both engines.
        var rows = (await database.ReadAsync(connection => connection.QueryAsync<Row>(new CommandDefinition("""
            SELECT l.position, h.coin, h.balance
            FROM (SELECT coalesce(max(position), 0) AS position FROM ledger_transfer) l
            LEFT JOIN (
              SELECT a.coin, b.balance
              FROM ledger_account a
              JOIN ledger_balance b ON b.account = a.id
              WHERE a.holder = @holder AND b.balance > 0
            ) h ON 1 = 1
            ORDER BY h.coin
            """, new { holder }, cancellationToken: stop)), stop).ConfigureAwait(false)).AsList();
        return new(rows[0].Position, [.. rows.Where(row => row.Coin is not null).Select(row => new Balance(row.Coin!, new Amount(row.Balance!.Value)))]);
    }

    // Not positional: SQLite tells no type for a column that is computed.
    private sealed record Row
    {
        public long Position { get; init; }

        public string? Coin { get; init; }

        public long? Balance { get; init; }
    }
}
