using Dapper;
using Rally.Storage;

namespace Rally.Ledger.Prices;

/// <summary>Looks up the history of the price.</summary>
internal sealed class ReadUsdPrices(Database database)
{
    /// <summary>A price, and from when on.</summary>
    public sealed record Point(UsdRate Rate, DateTimeOffset At);

    /// <summary>Prices by time, from <paramref name="from"/> on and before <paramref name="to"/>.</summary>
    public async Task<IReadOnlyList<Point>> ExecuteAsync(DateTimeOffset from, DateTimeOffset to, int limit, CancellationToken stop)
    {
        var rows = await database.ReadAsync(connection => connection.QueryAsync<Row>(new CommandDefinition("""
            SELECT at, nano_usd
            FROM ledger_usd_price
            WHERE at >= @from AND at < @to
            ORDER BY at
            LIMIT @limit
            """, new { from, to, limit = (long)limit }, cancellationToken: stop)), stop).ConfigureAwait(false);
        return [.. rows.Select(row => new Point(new(row.NanoUsd), row.At))];
    }

    private sealed class Row
    {
        public DateTimeOffset At { get; init; }

        public long NanoUsd { get; init; }
    }
}
