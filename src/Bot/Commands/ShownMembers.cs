using Dapper;
using Rally.Storage;

namespace Rally.Bot.Commands;

/// <summary>Who lets the other members of a guild see what they hold; nobody does until they say so.</summary>
internal sealed class ShownMembers(Database database, TimeProvider time)
{
    /// <summary>One who is shown, with the Rally account that is linked.</summary>
    internal sealed record Member(ulong UserId, Guid RallyId);

    public Task<bool> IsShownAsync(ulong guildId, ulong userId, CancellationToken stop) => database.ReadAsync(
        async connection => await connection.ExecuteScalarAsync<long>(
            "SELECT COUNT(*) FROM bot_shown WHERE guild_id = @guild AND user_id = @user", new { guild = (long)guildId, user = (long)userId }) > 0, stop);

    public Task SetAsync(ulong guildId, ulong userId, bool isShown, CancellationToken stop) => database.WriteAsync(
        transaction => transaction.Connection!.ExecuteAsync(
            isShown
                ? "INSERT INTO bot_shown (guild_id, user_id, since) VALUES (@guild, @user, @now) ON CONFLICT (guild_id, user_id) DO NOTHING"
                : "DELETE FROM bot_shown WHERE guild_id = @guild AND user_id = @user",
            new { guild = (long)guildId, user = (long)userId, now = time.GetUtcNow() }, transaction), stop);

    /// <summary>Nowhere any more.</summary>
    public Task ForgetAsync(ulong userId, CancellationToken stop) => database.WriteAsync(
        transaction => transaction.Connection!.ExecuteAsync("DELETE FROM bot_shown WHERE user_id = @user", new { user = (long)userId }, transaction), stop);

    /// <summary>Those of a guild whose link stands.</summary>
    public Task<IReadOnlyList<Member>> ListAsync(ulong guildId, CancellationToken stop) => database.ReadAsync<IReadOnlyList<Member>>(
        async connection => [.. (await connection.QueryAsync<Row>("""
            SELECT s.user_id, l.rally_id FROM bot_shown AS s JOIN bot_link AS l ON l.discord_user_id = s.user_id
            WHERE s.guild_id = @guild AND l.broken_at IS NULL ORDER BY s.user_id
            """, new { guild = (long)guildId })).Select(row => new Member((ulong)row.UserId, row.RallyId))], stop);

    private sealed record Row(long UserId, Guid RallyId);
}
