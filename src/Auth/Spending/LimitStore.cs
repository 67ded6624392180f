using System.Data.Common;
using Dapper;
using Rally.Storage;

namespace Rally.Auth.Spending;

/// <summary>The limits that people have set for apps; they end with the consent.</summary>
internal sealed class LimitStore(Database database, TimeProvider time)
{
    /// <param name="Spent">Of each coin that it is for and that something is spent of.</param>
    internal sealed record Used(SpendingLimit Limit, IReadOnlyList<Spent> Spent);

    /// <summary>What is spent of a coin. Not positional: SQLite tells no type for a sum of no rows.</summary>
    internal sealed record Spent
    {
        /// <summary>Its symbol.</summary>
        public string Coin { get; init; } = "";

        /// <summary>In the 24 hours that end now, in minor units.</summary>
        public long Today { get; init; }

        /// <summary>All that counts.</summary>
        public long InAll { get; init; }
    }

    /// <summary>An app's limits on an account, the one for each other coin last.</summary>
    public Task<IReadOnlyList<SpendingLimit>> OfAsync(Guid account, string clientId, CancellationToken stop) =>
        database.ReadAsync(connection => OfAsync(connection, null, account, clientId), stop);

    /// <summary>The same inside the caller's transaction.</summary>
    public static async Task<IReadOnlyList<SpendingLimit>> OfAsync(
        DbConnection connection, DbTransaction? transaction, Guid account, string clientId) =>
        [.. await connection.QueryAsync<SpendingLimit>("""
            SELECT coin, per_day, in_all FROM auth_spending_limit WHERE account_id = @account AND client_id = @clientId
            ORDER BY CASE WHEN coin = '*' THEN 1 ELSE 0 END, coin
            """, new { account, clientId }, transaction)];

    /// <summary>The same with what is used of them.</summary>
    public async Task<IReadOnlyList<Used>> UsedAsync(Guid account, string clientId, CancellationToken stop)
    {
        var set = await OfAsync(account, clientId, stop);
        var spent = (await database.ReadAsync(connection => connection.QueryAsync<Spent>($"""
            SELECT s.coin,
              CAST(SUM(CASE WHEN s.spent_at >= @today THEN s.amount ELSE 0 END) AS BIGINT) AS today,
              CAST(SUM(CASE WHEN s.spent_at >= l.counted_from THEN s.amount ELSE 0 END) AS BIGINT) AS in_all
            FROM auth_spending s
            JOIN auth_spending_limit l ON l.account_id = s.account_id AND l.client_id = s.client_id AND l.coin = COALESCE(
              (SELECT own.coin FROM auth_spending_limit own
               WHERE own.account_id = s.account_id AND own.client_id = s.client_id AND own.coin = s.coin), '*')
            WHERE s.account_id = @account AND s.client_id = @clientId AND s.state IN {SpendingStates.Counted}
            GROUP BY s.coin ORDER BY s.coin
            """, new { account, clientId, today = SpendingLimits.StartOfDay(time.GetUtcNow()) }), stop)).ToList();
        return [.. set.Select(limit => new Used(limit, [.. spent.Where(one => limit.Coin == SpendingLimit.EachOther
            ? set.All(other => other.Coin != one.Coin)
            : one.Coin == limit.Coin)]))];
    }

    /// <summary>Sets these, and leaves those of other coins; the consent must be there. What is spent of a coin stays counted.</summary>
    public Task SetAsync(DbTransaction transaction, Guid account, string clientId, IEnumerable<SpendingLimit> limits) =>
        transaction.Connection!.ExecuteAsync("""
            INSERT INTO auth_spending_limit (account_id, client_id, coin, per_day, in_all, counted_from)
            VALUES (@account, @clientId, @Coin, @PerDay, @InAll, @now)
            ON CONFLICT (account_id, client_id, coin) DO UPDATE SET per_day = excluded.per_day, in_all = excluded.in_all
            """, limits.Select(limit => new { account, clientId, limit.Coin, limit.PerDay, limit.InAll, now = time.GetUtcNow() }), transaction);
}
