using System.Data.Common;
using Dapper;
using Rally.Ledger.Amounts;
using Rally.Storage;

namespace Rally.Bot.Roles;

/// <summary>The record behind <c>/tier why</c>.</summary>
internal sealed class Decisions(Database database)
{
    private const string Columns = "guild_id, user_id, role_id, outcome, coin, holding, enter, leave, because, detail, at, version";

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

    /// <summary>Keeps decisions and, of those that changed a role, that the network is to be told.</summary>
    public static async Task KeepAsync(DbTransaction transaction, IEnumerable<Decision> decisions)
    {
        foreach (var d in decisions)
        {
            var (id, rallyId) = (Guid.CreateVersion7(d.At), await AccountOfAsync(transaction, d));
            await transaction.Connection!.ExecuteAsync($"""
                INSERT INTO bot_decision (id, {Columns}, rally_id)
                VALUES (@id, @guild, @user, @role, @outcome, @Coin, @holding, @enter, @leave, @Because, @Detail, @At, @Version, @rallyId)
                """,
                new
                {
                    id,
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
                    d.Version,
                    rallyId,
                }, transaction);
            // The network is told of roles by what is held of a coin.
            if (rallyId is { } account && d.Outcome != Outcome.Refused && d.Coin.Length > 0)
                await TierReports.AddAsync(transaction, id, account, d);
        }
    }

    /// <summary>Who lost a role that the bot gave has lost it by the account that gained it, linked or not; all else is by the present link.</summary>
    private static async Task<Guid?> AccountOfAsync(DbTransaction transaction, Decision d)
    {
        var values = new { guild = (long)d.GuildId, user = (long)d.UserId, role = (long)d.RoleId };
        var gained = d.Outcome == Outcome.Removed
            ? await transaction.Connection!.QueryFirstOrDefaultAsync<Change>("""
                SELECT outcome, rally_id FROM bot_decision
                WHERE guild_id = @guild AND user_id = @user AND role_id = @role AND outcome <> 'Refused' ORDER BY id DESC LIMIT 1
                """, values, transaction)
            : null;
        return gained is { Outcome: nameof(Outcome.Granted), RallyId: { } account }
            ? account
            : await transaction.Connection!.QuerySingleOrDefaultAsync<Guid?>("SELECT rally_id FROM bot_link WHERE discord_user_id = @user", values, transaction);
    }

    private Task<IReadOnlyDictionary<ulong, Decision>> LatestAsync(ulong guildId, ulong userId, string only, CancellationToken stop) =>
        database.ReadAsync<IReadOnlyDictionary<ulong, Decision>>(async connection => (await connection.QueryAsync<Row>($"""
            SELECT {Columns} FROM bot_decision AS d
            WHERE guild_id = @guild AND user_id = @user AND id = (
              SELECT id FROM bot_decision
              WHERE guild_id = d.guild_id AND user_id = d.user_id AND role_id = d.role_id {only}
              ORDER BY id DESC LIMIT 1)
            """, new { guild = (long)guildId, user = (long)userId }))
            .Select(row => row.ToDecision()).ToDictionary(decision => decision.RoleId), stop);

    private sealed record Row
    {
        public long GuildId { get; init; }

        public long UserId { get; init; }

        public long RoleId { get; init; }

        public required string Outcome { get; init; }

        public required string Coin { get; init; }

        public long? Holding { get; init; }

        public long Enter { get; init; }

        public long Leave { get; init; }

        public required string Because { get; init; }

        public required string Detail { get; init; }

        public DateTimeOffset At { get; init; }

        public long? Version { get; init; }

        public Decision ToDecision() => new(
            (ulong)GuildId, (ulong)UserId, (ulong)RoleId, Enum.Parse<Outcome>(Outcome), Coin,
            Holding is { } units ? new Amount(units) : null, new Amount(Enter), new Amount(Leave), Because, Detail, At, Version);
    }

    private sealed record Change
    {
        public required string Outcome { get; init; }

        public Guid? RallyId { get; init; }
    }
}
