using Dapper;
using Rally.Storage;

namespace Rally.Bot.Commands;

/// <summary>What each guild chose: the coin its commands mean when none is named.</summary>
internal sealed class Guilds(Database database, TimeProvider time)
{
    public Task<string?> FindCoinAsync(ulong guildId, CancellationToken stop) =>
        database.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<string?>(
            "SELECT coin FROM bot_guild WHERE guild_id = @id", new { id = (long)guildId }), stop);

    public Task SetCoinAsync(ulong guildId, string coin, ulong setBy, CancellationToken stop) =>
        database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("""
            INSERT INTO bot_guild (guild_id, coin, set_by, set_at) VALUES (@id, @coin, @by, @now)
            ON CONFLICT (guild_id) DO UPDATE SET coin = excluded.coin, set_by = excluded.set_by, set_at = excluded.set_at
            """, new { id = (long)guildId, coin, by = (long)setBy, now = time.GetUtcNow() }, transaction), stop);
}
