using System.Data.Common;
using Dapper;
using Rally.Storage;

namespace Rally.Bot.Roles.Reconciling;

/// <summary>Which members were looked at where, and when time alone may change what they are to have.</summary>
internal sealed class Looks(Database database)
{
    /// <summary>A member is as the rules want, until <paramref name="dueAt"/> (null: until something happens).</summary>
    public static Task KeepAsync(DbTransaction transaction, ulong guildId, ulong userId, long version, DateTimeOffset at, DateTimeOffset? dueAt) =>
        transaction.Connection!.ExecuteAsync("""
            INSERT INTO bot_look (guild_id, user_id, version, looked_at, due_at) VALUES (@guild, @user, @version, @at, @dueAt)
            ON CONFLICT (guild_id, user_id) DO UPDATE
            SET version = excluded.version, looked_at = excluded.looked_at, due_at = excluded.due_at
            """, new { guild = (long)guildId, user = (long)userId, version, at, dueAt }, transaction);

    /// <summary>The member is not in the guild.</summary>
    public static Task ForgetAsync(DbTransaction transaction, ulong guildId, ulong userId) => transaction.Connection!.ExecuteAsync(
        "DELETE FROM bot_look WHERE guild_id = @guild AND user_id = @user", new { guild = (long)guildId, user = (long)userId }, transaction);

    /// <summary>The guilds that somebody is known to be in, with when time alone may change something there.</summary>
    public Task<IReadOnlyList<(ulong GuildId, DateTimeOffset? DueAt)>> GuildsOfAsync(ulong userId, CancellationToken stop) =>
        database.ReadAsync<IReadOnlyList<(ulong, DateTimeOffset?)>>(async connection => [.. (await connection.QueryAsync<GuildRow>(
            "SELECT guild_id, due_at FROM bot_look WHERE user_id = @user", new { user = (long)userId })).Select(row => ((ulong)row.GuildId, row.DueAt))], stop);

    /// <summary>Of the people with these ids, those who are linked, and whether they were looked at in this guild since they are in it.</summary>
    public Task<IReadOnlyDictionary<ulong, bool>> LinkedAsync(ulong guildId, ulong first, ulong last, CancellationToken stop) =>
        database.ReadAsync<IReadOnlyDictionary<ulong, bool>>(async connection => (await connection.QueryAsync<Row>("""
            SELECT l.discord_user_id AS user_id, o.looked_at
            FROM bot_link AS l LEFT JOIN bot_look AS o ON o.guild_id = @guild AND o.user_id = l.discord_user_id
            WHERE l.discord_user_id BETWEEN @first AND @last
            """, new { guild = (long)guildId, first = (long)first, last = (long)last }))
            .ToDictionary(row => (ulong)row.UserId, row => row.LookedAt is not null), stop);

    private sealed record GuildRow
    {
        public long GuildId { get; init; }

        public DateTimeOffset? DueAt { get; init; }
    }

    private sealed record Row
    {
        public long UserId { get; init; }

        public DateTimeOffset? LookedAt { get; init; }
    }
}
