using Dapper;
using Rally.Storage;

namespace Rally.Bot.Linking;

/// <summary>
/// Erases what the bot keeps of people who are linked no more: the link with its tokens and names, links that were handed to them, and
/// why they got or lost roles. As long as anything of theirs is still to be looked at, roles may have to be taken, and all stays.
/// </summary>
internal sealed class ForgottenFans(Database database)
{
    // So many that no write holds up others for long.
    private const int AtOnce = 100;

    /// <param name="before">Who was linked after this stays known.</param>
    /// <param name="stop">Ends the work between two people.</param>
    /// <returns>How many people were forgotten.</returns>
    public async Task<int> ForgetAsync(DateTimeOffset before, CancellationToken stop)
    {
        var forgotten = 0;
        while (await FindAsync(before, stop) is { Count: > 0 } people)
        {
            foreach (var person in people)
                forgotten += await ForgetAsync(person, before, stop);
            if (people.Count < AtOnce)
                break;
        }

        return forgotten;
    }

    // Whose access ended long ago, and who has decisions but no link since long ago.
    private Task<List<long>> FindAsync(DateTimeOffset before, CancellationToken stop) =>
        database.ReadAsync(async connection => (await connection.QueryAsync<long>("""
            SELECT p.user_id FROM (
              SELECT discord_user_id AS user_id FROM bot_link WHERE broken_at < @before
              UNION
              SELECT user_id FROM bot_decision AS d
              WHERE at < @before AND NOT EXISTS (SELECT 1 FROM bot_link WHERE discord_user_id = d.user_id)) AS p
            WHERE NOT EXISTS (SELECT 1 FROM bot_dirty WHERE user_id = p.user_id) LIMIT @AtOnce
            """, new { before, AtOnce })).AsList(), stop);

    private async Task<int> ForgetAsync(long person, DateTimeOffset before, CancellationToken stop)
    {
        // Read ahead, for the index begins with the guild.
        var guilds = await database.ReadAsync(connection => connection.QueryAsync<long>(
            "SELECT DISTINCT guild_id FROM bot_decision WHERE user_id = @person", new { person }), stop);
        return await database.WriteAsync(async transaction =>
        {
            var connection = transaction.Connection!;
            var rallyId = await connection.QuerySingleOrDefaultAsync<Guid?>(
                "SELECT rally_id FROM bot_link WHERE discord_user_id = @person", new { person }, transaction);
            // Somebody who came back meanwhile is linked again, and somebody who was marked is still to be looked at.
            await connection.ExecuteAsync("""
                DELETE FROM bot_link WHERE discord_user_id = @person AND broken_at < @before
                  AND NOT EXISTS (SELECT 1 FROM bot_dirty WHERE user_id = @person)
                """, new { person, before }, transaction);
            var isHere = await connection.ExecuteScalarAsync<long>("""
                SELECT (SELECT COUNT(*) FROM bot_link WHERE discord_user_id = @person) + (SELECT COUNT(*) FROM bot_dirty WHERE user_id = @person)
                """, new { person }, transaction) > 0;
            if (isHere)
                return 0;
            await connection.ExecuteAsync(
                "DELETE FROM bot_link_offer WHERE discord_user_id = @person AND (used_at IS NOT NULL OR expires_at < @before)",
                new { person, before }, transaction);
            await connection.ExecuteAsync("DELETE FROM bot_shown WHERE user_id = @person", new { person }, transaction);
            await connection.ExecuteAsync("""
                DELETE FROM bot_history WHERE rally_id = @rallyId OR rally_id IN (SELECT rally_id FROM bot_standing WHERE user_id = @person)
                """, new { person, rallyId = rallyId ?? Guid.Empty }, transaction);
            await connection.ExecuteAsync("DELETE FROM bot_standing WHERE user_id = @person", new { person }, transaction);
            await connection.ExecuteAsync("DELETE FROM bot_look WHERE user_id = @person", new { person }, transaction);
            await connection.ExecuteAsync("DELETE FROM bot_contest WHERE user_id = @person", new { person }, transaction);
            await connection.ExecuteAsync("DELETE FROM bot_notice WHERE user_id = @person", new { person }, transaction);
            await connection.ExecuteAsync(
                "DELETE FROM bot_decision WHERE guild_id = @guild AND user_id = @person AND at < @before",
                guilds.Select(guild => new { guild, person, before }), transaction);
            return 1;
        }, stop);
    }
}
