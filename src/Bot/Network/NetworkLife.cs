using System.Data.Common;
using Dapper;
using Rally.Storage;

namespace Rally.Bot.Network;

/// <summary>When the network last sent something signed, and how far along its log the bot has come: what an outage is measured by.</summary>
internal sealed class NetworkLife(Database database, Installation installation, TimeProvider time)
{
    /// <param name="HeardAt">When something signed last came; null for never.</param>
    /// <param name="Position">The last place of the log that was dealt with; null when not known.</param>
    public sealed record Signs(DateTimeOffset? HeardAt, long? Position);

    public async Task<Signs> ReadAsync(CancellationToken stop)
    {
        var key = (await installation.GetAsync(stop)).SubscriptionKey;
        var row = await database.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<Row>(
            "SELECT heard_at, position FROM bot_subscription WHERE network_url = @key", new { key }), stop);
        return new(row?.HeardAt, row?.Position);
    }

    /// <summary>Something signed came.</summary>
    /// <param name="transaction">That deals with what came.</param>
    /// <param name="position">Its place in the log; null for what has none.</param>
    public async Task HeardAsync(DbTransaction transaction, long? position)
    {
        await transaction.Connection!.ExecuteAsync("""
            UPDATE bot_subscription SET
              heard_at = @now, position = CASE WHEN @position IS NULL OR position >= @position THEN position ELSE @position END
            WHERE network_url = @key
            """, new { now = time.GetUtcNow(), position, key = (await installation.GetAsync()).SubscriptionKey }, transaction);
    }

    /// <summary>The bot has dealt with the log up to there, whatever was noted before: a network may be restored from a backup.</summary>
    public async Task ReachedAsync(DbTransaction transaction, long position) => await transaction.Connection!.ExecuteAsync(
        "UPDATE bot_subscription SET position = @position WHERE network_url = @key",
        new { position, key = (await installation.GetAsync()).SubscriptionKey }, transaction);

    private sealed record Row
    {
        public DateTimeOffset? HeardAt { get; init; }

        public long? Position { get; init; }
    }
}
