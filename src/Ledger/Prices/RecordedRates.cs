using Dapper;
using Microsoft.Extensions.Options;
using Rally.Ledger.Followers;
using Rally.Storage;

namespace Rally.Ledger.Prices;

/// <summary>Looks up the price of RLY as it was recorded when entries of the log were posted.</summary>
internal sealed class RecordedRates(Database database, IOptions<LedgerOptions> options)
{
    /// <returns>By position; none where there was no price, or only a stale one.</returns>
    public async Task<IReadOnlyDictionary<long, UsdRate>> AtAsync(IEnumerable<long> positions, CancellationToken stop)
    {
        var wanted = positions.ToList();
        if (wanted.Count == 0)
            return new Dictionary<long, UsdRate>();
        // An unchanged price is confirmed more often than it gets a row.
        var oldest = (long)(options.Value.UsdPrice.StaleAfter + UsdPriceLog.RowEvery).TotalMilliseconds;
        var rows = await database.ReadAsync(connection => connection.QueryAsync<Row>(new CommandDefinition($"""
            SELECT t.position,
                   (SELECT CASE WHEN p.at >= t.posted_at - @oldest THEN p.nano_usd END
                    FROM ledger_usd_price p WHERE p.at <= t.posted_at ORDER BY p.at DESC LIMIT 1) AS nano_usd
            FROM ledger_transfer t
            WHERE t.position IN {FollowedLog.List(wanted)}
            """, new { oldest }, cancellationToken: stop)), stop).ConfigureAwait(false);
        return rows.Where(row => row.NanoUsd is not null).ToDictionary(row => row.Position, row => new UsdRate(row.NanoUsd!.Value));
    }

    private sealed class Row
    {
        public long Position { get; init; }

        public long? NanoUsd { get; init; }
    }
}
