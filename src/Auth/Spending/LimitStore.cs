using System.Data.Common;
using Dapper;
using Rally.Storage;

namespace Rally.Auth.Spending;

/// <summary>The limits that people have set for apps; they end with the consent.</summary>
internal sealed class LimitStore(Database database, TimeProvider time)
{
    /// <param name="SpentToday">In the 24 hours that end now, in minor units; of <see cref="SpendingLimit.EachOther"/> not told.</param>
    /// <param name="SpentInAll">The same of all that counts.</param>
    internal sealed record Used(SpendingLimit Limit, long? SpentToday, long? SpentInAll);

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
        var rows = await database.ReadAsync(connection => connection.QueryAsync<Row>($"""
            SELECT l.coin, l.per_day, l.in_all,
              (SELECT CAST(COALESCE(SUM(s.amount), 0) AS BIGINT) FROM auth_spending s
               WHERE s.account_id = l.account_id AND s.client_id = l.client_id AND s.coin = l.coin
                 AND s.spent_at >= @today AND s.state IN {SpendingStates.Counted}) AS today,
              (SELECT CAST(COALESCE(SUM(s.amount), 0) AS BIGINT) FROM auth_spending s
               WHERE s.account_id = l.account_id AND s.client_id = l.client_id AND s.coin = l.coin
                 AND s.spent_at >= l.counted_from AND s.state IN {SpendingStates.Counted}) AS ever
            FROM auth_spending_limit l WHERE l.account_id = @account AND l.client_id = @clientId
            ORDER BY CASE WHEN l.coin = '*' THEN 1 ELSE 0 END, l.coin
            """, new { account, clientId, today = SpendingLimits.StartOfDay(time.GetUtcNow()) }), stop);
        return [.. rows.Select(row => new Used(
            new(row.Coin, row.PerDay, row.InAll),
            row.Coin == SpendingLimit.EachOther ? null : row.Today,
            row.Coin == SpendingLimit.EachOther ? null : row.Ever))];
    }

    /// <summary>Sets these, and leaves those of other coins; the consent must be there. What is spent of a coin stays counted.</summary>
    public Task SetAsync(DbTransaction transaction, Guid account, string clientId, IEnumerable<SpendingLimit> limits) =>
        transaction.Connection!.ExecuteAsync("""
            INSERT INTO auth_spending_limit (account_id, client_id, coin, per_day, in_all, counted_from)
            VALUES (@account, @clientId, @Coin, @PerDay, @InAll, @now)
            ON CONFLICT (account_id, client_id, coin) DO UPDATE SET per_day = excluded.per_day, in_all = excluded.in_all
            """, limits.Select(limit => new { account, clientId, limit.Coin, limit.PerDay, limit.InAll, now = time.GetUtcNow() }), transaction);

    private sealed record Row(string Coin, long PerDay, long InAll, long Today, long Ever);
}
