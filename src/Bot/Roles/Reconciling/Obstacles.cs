using System.Data.Common;
using Dapper;
using Rally.Bot.Roles.Notices;
using Rally.Storage;

namespace Rally.Bot.Roles.Reconciling;

/// <summary>What Discord does not let the bot do with a role, while the guild's roles are as they were then.</summary>
/// <param name="RoleId">The role; 0 for the guild's members as a whole.</param>
/// <param name="Fingerprint">Of the roles and permissions then.</param>
/// <param name="At">When it was last met.</param>
internal sealed record Obstacle(ulong GuildId, ulong RoleId, string Fingerprint, string Reason, DateTimeOffset At);

/// <summary>
/// Remembers refusals, so that no request is made that would be refused again: many of them, and Discord shuts out the whole address.
/// One is forgotten when roles or permissions have changed since. The admins are told once of each.
/// </summary>
internal sealed class Obstacles(Database database, NoticeBoard notices)
{
    /// <summary>Stands for the members of a guild in the place of a role.</summary>
    public const ulong WholeGuild = 0;

    public Task<IReadOnlyDictionary<ulong, Obstacle>> ReadAsync(ulong guildId, CancellationToken stop) =>
        database.ReadAsync<IReadOnlyDictionary<ulong, Obstacle>>(async connection => (await connection.QueryAsync<Row>(
            "SELECT guild_id, role_id, fingerprint, reason, at FROM bot_obstacle WHERE guild_id = @guild", new { guild = (long)guildId }))
            .ToDictionary(row => (ulong)row.RoleId, row => new Obstacle((ulong)row.GuildId, (ulong)row.RoleId, row.Fingerprint, row.Reason, row.At)), stop);

    /// <summary>Keeps one, and has the admins told when it is new or of another kind than before.</summary>
    /// <param name="told">What the admins are told.</param>
    public async Task KeepAsync(Obstacle obstacle, string told, CancellationToken stop)
    {
        var values = new { guild = (long)obstacle.GuildId, role = (long)obstacle.RoleId, obstacle.Fingerprint, obstacle.Reason, now = obstacle.At };
        var isNews = await database.WriteAsync(async transaction =>
        {
            await database.SerializeAsync(transaction, "bot.obstacles", stop);
            var before = await transaction.Connection!.QuerySingleOrDefaultAsync<string?>(
                "SELECT reason FROM bot_obstacle WHERE guild_id = @guild AND role_id = @role", values, transaction);
            await transaction.Connection!.ExecuteAsync("""
                INSERT INTO bot_obstacle (guild_id, role_id, fingerprint, reason, at) VALUES (@guild, @role, @Fingerprint, @Reason, @now)
                ON CONFLICT (guild_id, role_id) DO UPDATE SET fingerprint = excluded.fingerprint, reason = excluded.reason, at = excluded.at
                """, values, transaction);
            if (before != obstacle.Reason)
                await NoticeBoard.AddAsync(transaction, obstacle.GuildId, null, told, obstacle.At);
            return before != obstacle.Reason;
        }, stop);
        if (isNews)
            notices.Wake();
    }

    /// <summary>
    /// Roles or permissions are others than when these were met, so that they stand in the way no more. They are kept, to tell of them
    /// again only if the reason is another one.
    /// </summary>
    public Task ReleaseAsync(ulong guildId, string fingerprint, CancellationToken stop) => database.WriteAsync(async transaction =>
    {
        var values = new { guild = (long)guildId, fingerprint };
        await transaction.Connection!.ExecuteAsync(
            "UPDATE bot_obstacle SET fingerprint = '' WHERE guild_id = @guild AND fingerprint <> @fingerprint", values, transaction);
        await ForgetAsync(transaction, guildId, WholeGuild);
    }, stop);

    /// <summary>It works again.</summary>
    public static Task ForgetAsync(DbTransaction transaction, ulong guildId, ulong roleId) => transaction.Connection!.ExecuteAsync(
        "DELETE FROM bot_obstacle WHERE guild_id = @guild AND role_id = @role", new { guild = (long)guildId, role = (long)roleId }, transaction);

    private sealed record Row(long GuildId, long RoleId, string Fingerprint, string Reason, DateTimeOffset At);
}
