using System.Data.Common;
using Dapper;
using Rally.Storage;

namespace Rally.Auth.Spending;

/// <summary>
/// What apps may spend of people's coins (docs/adr/0013). Before coins leave an account on an app's word, room is made for
/// them with <see cref="ReserveAsync"/>; when the ledger has answered, <see cref="PostedAsync"/> or <see cref="RefusedAsync"/>
/// says what came of it. Without that, the ledger is asked by the transfer's id later, so every call must use the id of what is posted.
/// </summary>
public sealed class SpendingLimits
{
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    private readonly Database _database;
    private readonly SettleSpending _settle;
    private readonly TimeProvider _time;

    internal SpendingLimits(Database database, SettleSpending settle, TimeProvider time) =>
        (_database, _settle, _time) = (database, settle, time);

    /// <param name="TransferId">The id it will be posted under.</param>
    /// <param name="Coin">The coin that leaves, in upper case.</param>
    /// <param name="MinorUnits">Of 10^-6 of the coin, above zero; the most that can leave where that is not known to the unit.</param>
    /// <param name="To">The receiver's Rally id; null for a trade.</param>
    public sealed record Spend(Guid TransferId, string Coin, long MinorUnits, Guid? To);

    /// <summary>Whether there is room.</summary>
    public abstract record Verdict
    {
        private Verdict()
        {
        }

        /// <summary>There is, and it is taken.</summary>
        public sealed record Reserved : Verdict;

        /// <summary>That id stands for another spend of the account.</summary>
        public sealed record IdTaken(Guid TransferId) : Verdict;

        /// <summary>There is not; nothing was taken.</summary>
        /// <param name="Coin">Of which coin.</param>
        /// <param name="Bound">Which limit stands in the way.</param>
        /// <param name="AllowedMinorUnits">That limit.</param>
        /// <param name="LeftMinorUnits">What is left of it.</param>
        public sealed record OverLimit(string Coin, SpendingBound Bound, long AllowedMinorUnits, long LeftMinorUnits) : Verdict;
    }

    /// <summary>Makes room for all of these or none. The same again, also at once, takes room once.</summary>
    /// <param name="account">Whose coins.</param>
    /// <param name="clientId">Who spends them.</param>
    /// <param name="spends">With an id each.</param>
    /// <param name="stop">Ends the wait.</param>
    public async Task<Verdict> ReserveAsync(Guid account, string clientId, IReadOnlyList<Spend> spends, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(spends);
        if (spends.Any(spend => spend.MinorUnits <= 0) || spends.DistinctBy(spend => spend.TransferId).Count() != spends.Count)
            throw new ArgumentException("Spends are above zero and have an id each.", nameof(spends));
        var verdict = await TryAsync(account, clientId, spends, stop);
        if (verdict is not Verdict.OverLimit)
            return verdict;
        // Room may have come back of which nobody has told yet; whether this look finds it or another one did just now.
        await _settle.RunAsync(account, clientId, stop);
        return await TryAsync(account, clientId, spends, stop);
    }

    /// <summary>The ledger has posted them: now, or before and this was the same again.</summary>
    /// <param name="account">Whose coins.</param>
    /// <param name="spends">With what has left in truth.</param>
    /// <param name="isPending">They are held, and may come back.</param>
    public Task PostedAsync(Guid account, IReadOnlyList<Spend> spends, bool isPending = false) =>
        _database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("""
            UPDATE auth_spending SET state = @state, amount = @MinorUnits, attempts = 0, reason = NULL, touched_at = @now
            WHERE account_id = @account AND transfer_id = @TransferId AND state IN ('open', 'refused', 'lapsed')
            """,
            spends.Select(spend => new
            {
                account,
                spend.TransferId,
                spend.MinorUnits,
                state = isPending ? SpendingStates.Held : SpendingStates.Done,
                now = _time.GetUtcNow(),
            }), transaction), CancellationToken.None);

    /// <summary>The ledger has refused them; call it only when that is certain. Their room is free again unless the same is tried elsewhere at once.</summary>
    /// <param name="account">Whose coins.</param>
    /// <param name="transferIds">Of the spends.</param>
    /// <param name="reason">For the owner to read.</param>
    public Task RefusedAsync(Guid account, IEnumerable<Guid> transferIds, string reason) =>
        _database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("""
            UPDATE auth_spending SET
              state = CASE WHEN attempts <= 1 THEN 'refused' ELSE state END, attempts = attempts - 1, reason = @reason, touched_at = @now
            WHERE account_id = @account AND transfer_id = @id AND state = 'open'
            """, transferIds.Select(id => new { account, id, reason, now = _time.GetUtcNow() }), transaction), CancellationToken.None);

    private Task<Verdict> TryAsync(Guid account, string clientId, IReadOnlyList<Spend> spends, CancellationToken stop) =>
        _database.WriteAsync(async transaction =>
        {
            // By account, not by app: two apps may use one transfer id.
            await _database.SerializeAsync(transaction, $"auth.spending.{account}", stop);
            var now = _time.GetUtcNow();
            var (fresh, again) = (new List<Spend>(), new List<Spend>());
            foreach (var spend in spends)
            {
                var known = await transaction.Connection!.QuerySingleOrDefaultAsync<Row>(
                    "SELECT client_id, coin, asked, recipient, state FROM auth_spending WHERE account_id = @account AND transfer_id = @TransferId",
                    new { account, spend.TransferId }, transaction);
                var isOver = known?.State is SpendingStates.Refused or SpendingStates.Lapsed;
                if (known is not null && (known.ClientId != clientId || (!isOver && !known.IsOf(spend))))
                    return new Verdict.IdTaken(spend.TransferId);
                (known is null || isOver ? fresh : again).Add(spend);
            }

            foreach (var coin in fresh.GroupBy(spend => spend.Coin))
            {
                var needed = coin.Aggregate(Int128.Zero, (sum, spend) => sum + spend.MinorUnits);
                if (await OverAsync(transaction, account, clientId, coin.Key, needed, now) is { } over)
                    return over;
            }

            await transaction.Connection!.ExecuteAsync("""
                INSERT INTO auth_spending (account_id, transfer_id, client_id, coin, asked, amount, recipient, state, attempts, spent_at, touched_at)
                VALUES (@account, @TransferId, @clientId, @Coin, @MinorUnits, @MinorUnits, @To, 'open', 1, @now, @now)
                ON CONFLICT (account_id, transfer_id) DO UPDATE SET
                  coin = excluded.coin, asked = excluded.asked, amount = excluded.amount, recipient = excluded.recipient,
                  state = excluded.state, reason = NULL, attempts = 1, spent_at = excluded.spent_at, touched_at = excluded.touched_at
                """, fresh.Select(spend => new { account, spend.TransferId, clientId, spend.Coin, spend.MinorUnits, spend.To, now }), transaction);
            await transaction.Connection!.ExecuteAsync("""
                UPDATE auth_spending SET attempts = attempts + 1, touched_at = @now
                WHERE account_id = @account AND transfer_id = @TransferId AND state = 'open'
                """, again.Select(spend => new { account, spend.TransferId, now }), transaction);
            return (Verdict)new Verdict.Reserved();
        }, stop);

    private static async Task<Verdict.OverLimit?> OverAsync(
        DbTransaction transaction, Guid account, string clientId, string coin, Int128 needed, DateTimeOffset now)
    {
        var limit = await transaction.Connection!.QueryFirstOrDefaultAsync<LimitRow>("""
            SELECT per_day, in_all, counted_from FROM auth_spending_limit
            WHERE account_id = @account AND client_id = @clientId AND coin IN (@coin, '*')
            ORDER BY CASE WHEN coin = '*' THEN 1 ELSE 0 END LIMIT 1
            """, new { account, clientId, coin }, transaction);
        if (limit is null)
            return new(coin, SpendingBound.None, 0, 0);
        var leftToday = Left(limit.PerDay, await SpentAsync(transaction, account, clientId, coin, StartOfDay(now)));
        if (needed > leftToday)
            return new(coin, SpendingBound.Day, limit.PerDay, leftToday);
        var leftInAll = Left(limit.InAll, await SpentAsync(transaction, account, clientId, coin, limit.CountedFrom));
        return needed > leftInAll ? new(coin, SpendingBound.All, limit.InAll, leftInAll) : null;
    }

    /// <summary>What is left; a limit may have been lowered below what is spent.</summary>
    internal static long Left(long limit, long spent) => spent >= limit ? 0 : limit - spent;

    /// <summary>When the 24 hours began that end now; the store keeps milliseconds.</summary>
    internal static DateTimeOffset StartOfDay(DateTimeOffset now) => now - Day + TimeSpan.FromMilliseconds(1);

    /// <summary>What takes room since then.</summary>
    internal static Task<long> SpentAsync(DbTransaction transaction, Guid account, string clientId, string coin, DateTimeOffset from) =>
        transaction.Connection!.ExecuteScalarAsync<long>($"""
            SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM auth_spending
            WHERE account_id = @account AND client_id = @clientId AND coin = @coin AND spent_at >= @from AND state IN {SpendingStates.Counted}
            """, new { account, clientId, coin, from }, transaction);

    // Not positional: a recipient may be absent, and SQLite then tells no type.
    private sealed record Row
    {
        public string ClientId { get; init; } = "";

        public string Coin { get; init; } = "";

        public long Asked { get; init; }

        public Guid? Recipient { get; init; }

        public string State { get; init; } = "";

        public bool IsOf(Spend spend) => Coin == spend.Coin && Asked == spend.MinorUnits && Recipient == spend.To;
    }

    private sealed record LimitRow(long PerDay, long InAll, DateTimeOffset CountedFrom);
}
