using Dapper;
using Rally.Bot.Roles.Notices;
using Rally.Storage;

namespace Rally.Bot.Roles.Reconciling;

/// <summary>
/// Notices that somebody else, mostly another bot, keeps undoing what this one does: then two programs would fight for ever, and use up
/// what Discord allows both. The bot stops for that member, and where it happens to several for the role, tells the admins, and tries
/// again after a day or when the rules change.
/// </summary>
internal sealed class Contests(Database database, NoticeBoard notices, TimeProvider time)
{
    /// <summary>So often within <see cref="Within"/> the same change is made; the next would be one too many.</summary>
    public const int MostTimes = 3;

    public static readonly TimeSpan Within = TimeSpan.FromMinutes(10);
    public static readonly TimeSpan TryAgainAfter = TimeSpan.FromDays(1);
    private const int MembersOfARole = 3;

    /// <returns>Whether the bot leaves this role of this member alone.</returns>
    public Task<bool> StandsAsync(ulong guildId, ulong userId, ulong roleId, CancellationToken stop) => database.ReadAsync(async connection =>
        await connection.ExecuteScalarAsync<long>("""
            SELECT count(*) FROM bot_contest WHERE guild_id = @guild AND role_id = @role AND at > @since AND user_id = @user
            """, Values(guildId, userId, roleId)) > 0
        || await connection.ExecuteScalarAsync<long>(
            "SELECT count(*) FROM bot_contest WHERE guild_id = @guild AND role_id = @role AND at > @since", Values(guildId, userId, roleId)) >= MembersOfARole, stop);

    /// <summary>Looks whether a change that is about to be made was undone too often.</summary>
    /// <param name="outcome">What is about to be done.</param>
    /// <returns>Whether the bot stops.</returns>
    public async Task<bool> IsOneAsync(ulong guildId, ulong userId, ulong roleId, Outcome outcome, CancellationToken stop)
    {
        var values = new { guild = (long)guildId, user = (long)userId, role = (long)roleId, MostTimes, refused = nameof(Outcome.Refused) };
        var last = await database.ReadAsync(async connection => (await connection.QueryAsync<Row>("""
            SELECT outcome, at FROM bot_decision
            WHERE guild_id = @guild AND user_id = @user AND role_id = @role AND outcome <> @refused ORDER BY id DESC LIMIT @MostTimes
            """, values)).AsList(), stop);
        var since = time.GetUtcNow() - Within;
        if (last.Count < MostTimes || !last.TrueForAll(one => one.Outcome == outcome.ToString() && one.At > since))
            return false;

        var isNews = await database.WriteAsync(async transaction =>
        {
            await database.SerializeAsync(transaction, "bot.obstacles", stop);
            var known = await transaction.Connection!.ExecuteScalarAsync<long>(
                "SELECT count(*) FROM bot_contest WHERE guild_id = @guild AND role_id = @role", values, transaction);
            await transaction.Connection!.ExecuteAsync("""
                INSERT INTO bot_contest (guild_id, role_id, user_id, at) VALUES (@guild, @role, @user, @now)
                ON CONFLICT (guild_id, role_id, user_id) DO UPDATE SET at = excluded.at
                """, new { values.guild, values.role, values.user, now = time.GetUtcNow() }, transaction);
            if (known == 0)
                await NoticeBoard.AddAsync(transaction, guildId, null, NoticeWords.Contest(roleId, userId, outcome), time.GetUtcNow());
            return known == 0;
        }, stop);
        if (isNews)
            notices.Wake();
        return true;
    }

    private object Values(ulong guildId, ulong userId, ulong roleId) =>
        new { guild = (long)guildId, user = (long)userId, role = (long)roleId, since = time.GetUtcNow() - TryAgainAfter };

    private sealed record Row(string Outcome, DateTimeOffset At);
}
