using System.Data.Common;
using Dapper;
using Rally.Bot.Network;
using Rally.Storage;

namespace Rally.Bot.Roles;

/// <summary>
/// Changes of roles that the network is still to be told of (an outbox): kept in the transaction that keeps the decision, and erased
/// once the network has answered.
/// </summary>
internal sealed class TierReports(Database database, TimeProvider time)
{
    private readonly WakeCall _call = new(time);

    /// <summary>Keeps a change to be told.</summary>
    /// <param name="transaction">That keeps the decision.</param>
    /// <param name="id">The decision's.</param>
    /// <param name="rallyId">Whose holding it was made by.</param>
    /// <param name="decision">Of a role that was given or taken.</param>
    public static Task AddAsync(DbTransaction transaction, Guid id, Guid rallyId, Decision decision) =>
        // Two members' changes may get the same number, and their order means nothing; one member's come one after the other.
        transaction.Connection!.ExecuteAsync("""
            INSERT INTO bot_tier_report (id, number, rally_id, coin, guild_id, role_id, change, at)
            SELECT @id, coalesce(max(number), 0) + 1, @rallyId, @Coin, @guild, @role, @change, @At FROM bot_tier_report
            """, new
        {
            id,
            rallyId,
            decision.Coin,
            guild = (long)decision.GuildId,
            role = (long)decision.RoleId,
            change = decision.Outcome == Outcome.Granted ? TierReport.Gained : TierReport.Lost,
            decision.At,
        }, transaction);

    /// <summary>Those that wait longest, in their order.</summary>
    public Task<List<TierReport>> NextAsync(int most, CancellationToken stop) =>
        database.ReadAsync(async connection => (await connection.QueryAsync<Row>(
            "SELECT id, rally_id, coin, guild_id, role_id, change, at FROM bot_tier_report ORDER BY number, id LIMIT @most", new { most = (long)most }))
            .Select(row => row.ToReport()).ToList(), stop);

    public Task<long> CountAsync(CancellationToken stop) =>
        database.ReadAsync(connection => connection.QuerySingleAsync<long>("SELECT COUNT(*) FROM bot_tier_report"), stop);

    /// <summary>The network has answered.</summary>
    public Task EraseAsync(IReadOnlyCollection<TierReport> reports, CancellationToken stop) => reports.Count == 0 ? Task.CompletedTask : database.WriteAsync(
        transaction => transaction.Connection!.ExecuteAsync(
            "DELETE FROM bot_tier_report WHERE id = @Id", reports.Select(report => new { report.Id }), transaction), stop);

    /// <summary>Something was added, and is committed.</summary>
    public void Wake() => _call.Wake();

    /// <summary>Returns when something was added, or after <paramref name="atMost"/>.</summary>
    public Task WaitAsync(TimeSpan atMost, CancellationToken stop) => _call.WaitAsync(atMost, stop);

    private sealed record Row(Guid Id, Guid RallyId, string Coin, long GuildId, long RoleId, string Change, DateTimeOffset At)
    {
        public TierReport ToReport() => new(Id, RallyId, Coin, (ulong)GuildId, (ulong)RoleId, Change, At);
    }
}
