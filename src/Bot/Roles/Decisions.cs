using System.Data.Common;
using Dapper;
using Rally.Ledger.Amounts;
using Rally.Storage;

namespace Rally.Bot.Roles;

/// <summary>The record behind <c>/tier why</c>.</summary>
internal sealed class Decisions(Database database)
{
    private const string Columns = "guild_id, user_id, role_id, outcome, coin, holding, enter, leave, because, detail, at";

    /// <summary>The latest decision on each role of a member.</summary>
    public Task<IReadOnlyDictionary<ulong, Decision>> LatestAsync(ulong guildId, ulong userId, CancellationToken stop) =>
        LatestAsync(guildId, userId, "", stop);

    /// <summary>
    /// The latest change of each role of a member, refusals left out: whether it was the bot that last gave them the role.
    /// </summary>
    public Task<IReadOnlyDictionary<ulong, Decision>> LatestChangesAsync(ulong guildId, ulong userId, CancellationToken stop) =>
        LatestAsync(guildId, userId, "AND outcome <> 'Refused'", stop);

    /// <summary>A member's decisions, newest first.</summary>
    public Task<IReadOnlyList<Decision>> HistoryAsync(ulong guildId, ulong userId, int limit, CancellationToken stop) =>
        database.ReadAsync<IReadOnlyList<Decision>>(async connection => (await connection.QueryAsync<Row>($"""
            SELECT {Columns} FROM bot_decision
            WHERE guild_id = @guild AND user_id = @user ORDER BY id DESC LIMIT @limit
            """, new { guild = (long)guildId, user = (long)userId, limit })).Select(row => row.ToDecision()).ToList(), stop);

    public static Task KeepAsync(DbTransaction transaction, IEnumerable<Decision> decisions) =>
        transaction.Connection!.ExecuteAsync($"""
            INSERT INTO bot_decision (id, {Columns})
            VALUES (@id, @guild, @user, @role, @outcome, @Coin, @holding, @enter, @leave, @Because, @Detail, @At)
            """,
            decisions.Select(d => new
            {
                id = Guid.CreateVersion7(d.At),
                guild = (long)d.GuildId,
                user = (long)d.UserId,
                role = (long)d.RoleId,
                outcome = d.Outcome.ToString(),
                d.Coin,
                holding = d.Holding?.MinorUnits,
                enter = d.Enter.MinorUnits,
                leave = d.Leave.MinorUnits,
                d.Because,
                d.Detail,
                d.At,
            }), transaction);

    private Task<IReadOnlyDictionary<ulong, Decision>> LatestAsync(ulong guildId, ulong userId, string only, CancellationToken stop) =>
        database.ReadAsync<IReadOnlyDictionary<ulong, Decision>>(async connection => (await connection.QueryAsync<Row>($"""
            SELECT {Columns} FROM bot_decision AS d
            WHERE guild_id = @guild AND user_id = @user AND id = (
              SELECT id FROM bot_decision
              WHERE guild_id = d.guild_id AND user_id = d.user_id AND role_id = d.role_id {only}
              ORDER BY id DESC LIMIT 1)
            """, new { guild = (long)guildId, user = (long)userId }))
            .Select(row => row.ToDecision()).ToDictionary(decision => decision.RoleId), stop);

    private sealed record Row(
        long GuildId, long UserId, long RoleId, string Outcome, string Coin, long? Holding, long Enter, long Leave,
        string Because, string Detail, DateTimeOffset At)
    {
        public Decision ToDecision() => new(
            (ulong)GuildId, (ulong)UserId, (ulong)RoleId, Enum.Parse<Outcome>(Outcome), Coin,
            Holding is { } units ? new Amount(units) : null, new Amount(Enter), new Amount(Leave), Because, Detail, At);
    }
}
