using System.Data.Common;
using Dapper;
using Rally.Storage;

namespace Rally.Bot.Roles.Rules;

/// <summary>How members stand, kept so that a threshold to stay, a grace or a role for good hold over restarts, rejoins and undone rules.</summary>
internal sealed class Standings(Database database)
{
    // Somebody who is linked no more has left whatever the rules are: no undone rule brings that back.
    private const long ByNoVersion = 0;

    /// <summary>The tiers a member meets, by role; those they met with another Rally account do not count.</summary>
    public Task<IReadOnlyDictionary<ulong, Standing>> ReadAsync(ulong guildId, ulong userId, Guid? rallyId, CancellationToken stop) =>
        database.ReadAsync<IReadOnlyDictionary<ulong, Standing>>(async connection => (await connection.QueryAsync<Row>("""
            SELECT role_id, entered_at, entered_version, leaving_at FROM bot_standing
            WHERE guild_id = @guild AND user_id = @user AND left_at IS NULL AND rally_id = @rallyId
            """, new { guild = (long)guildId, user = (long)userId, rallyId = rallyId ?? Guid.Empty }))
            .ToDictionary(row => (ulong)row.RoleId, row => new Standing(row.EnteredAt, row.EnteredVersion, row.LeavingAt)), stop);

    /// <summary>Keeps what an evaluation came to.</summary>
    /// <param name="rallyId">Null when they are not linked: then they stand nowhere.</param>
    public static async Task SaveAsync(
        DbTransaction transaction, ulong guildId, ulong userId, Guid? rallyId, long version,
        IReadOnlyDictionary<ulong, Standing> before, IReadOnlyList<Verdict> verdicts, DateTimeOffset now)
    {
        var connection = transaction.Connection!;
        var key = new { guild = (long)guildId, user = (long)userId };
        if (rallyId is null)
        {
            await connection.ExecuteAsync("""
                UPDATE bot_standing SET left_at = @now, left_version = @ByNoVersion, leaving_at = NULL
                WHERE guild_id = @guild AND user_id = @user AND left_at IS NULL
                """, new { key.guild, key.user, now, ByNoVersion }, transaction);
            return;
        }

        foreach (var (tier, after) in verdicts.Select(verdict => (verdict.Tier, verdict.Standing)))
        {
            if (before.GetValueOrDefault(tier.Role) == after)
                continue;
            if (after is null)
            {
                await connection.ExecuteAsync("""
                    UPDATE bot_standing SET left_at = @now, left_version = @version
                    WHERE guild_id = @guild AND user_id = @user AND role_id = @role AND left_at IS NULL
                    """, new { key.guild, key.user, role = (long)tier.Role, now, version }, transaction);
                continue;
            }

            await connection.ExecuteAsync("""
                INSERT INTO bot_standing (guild_id, user_id, role_id, rally_id, entered_at, entered_version, leaving_at)
                VALUES (@guild, @user, @role, @rallyId, @EnteredAt, @EnteredVersion, @LeavingAt)
                ON CONFLICT (guild_id, user_id, role_id) DO UPDATE
                SET rally_id = excluded.rally_id, entered_at = excluded.entered_at, entered_version = excluded.entered_version,
                    leaving_at = excluded.leaving_at, left_at = NULL, left_version = NULL
                """,
                new { key.guild, key.user, role = (long)tier.Role, rallyId, after.EnteredAt, after.EnteredVersion, after.LeavingAt }, transaction);
        }
    }

    /// <summary>Members stand as they did before a version.</summary>
    /// <param name="since">The first version that no longer holds.</param>
    public static async Task UndoAsync(DbTransaction transaction, ulong guildId, long since, DateTimeOffset now)
    {
        var values = new { guild = (long)guildId, since, now, ByNoVersion };
        await transaction.Connection!.ExecuteAsync("""
            UPDATE bot_standing SET left_at = @now, left_version = @ByNoVersion, leaving_at = NULL
            WHERE guild_id = @guild AND left_at IS NULL AND entered_version >= @since
            """, values, transaction);
        await transaction.Connection!.ExecuteAsync("""
            UPDATE bot_standing SET left_at = NULL, left_version = NULL
            WHERE guild_id = @guild AND left_version >= @since AND entered_version < @since
            """, values, transaction);
    }

    private sealed record Row
    {
        public long RoleId { get; init; }

        public DateTimeOffset EnteredAt { get; init; }

        public long EnteredVersion { get; init; }

        public DateTimeOffset? LeavingAt { get; init; }
    }
}
