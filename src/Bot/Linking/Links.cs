using System.Data.Common;
using Dapper;
using Rally.Bot.Roles;
using Rally.Storage;

namespace Rally.Bot.Linking;

/// <summary>Who is linked to whom. Whatever changes a link marks the member as dirty in the same transaction.</summary>
internal sealed class Links(Database database, DirtyMembers dirty)
{
    private const string Columns = "discord_user_id, rally_id, username, guild_id, linked_at, broken_at";

    /// <summary>What making a link gave.</summary>
    internal abstract record MakeResult
    {
        internal sealed record Made : MakeResult;

        /// <summary>This Rally account belongs to another Discord account already.</summary>
        internal sealed record RallyAccountTaken : MakeResult;

        /// <summary>This Discord account is linked to another Rally account.</summary>
        internal sealed record DiscordAccountTaken(string Username) : MakeResult;
    }

    public Task<Link?> FindAsync(ulong discordUserId, CancellationToken stop) =>
        database.ReadAsync(async connection => (await connection.QuerySingleOrDefaultAsync<Row>(
            $"SELECT {Columns} FROM bot_link WHERE discord_user_id = @id", new { id = (long)discordUserId }))?.ToLink(), stop);

    /// <summary>Discord accounts whose link stands, in their order.</summary>
    /// <param name="after">The last one that was seen; null to begin.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="stop">Ends the search.</param>
    public Task<IReadOnlyList<ulong>> StandingAsync(ulong? after, int limit, CancellationToken stop) =>
        database.ReadAsync<IReadOnlyList<ulong>>(async connection => [.. (await connection.QueryAsync<long>("""
            SELECT discord_user_id FROM bot_link WHERE broken_at IS NULL AND discord_user_id > @after ORDER BY discord_user_id LIMIT @limit
            """, new { after = (long?)after ?? long.MinValue, limit })).Select(id => (ulong)id)], stop);

    /// <summary>Links, or renews a link between the same two accounts (after consent was withdrawn and given again).</summary>
    /// <param name="link">The link to be.</param>
    /// <param name="tokens">The fan's tokens, encrypted.</param>
    /// <param name="stop">Ends the call before anything is kept.</param>
    public Task<MakeResult> MakeAsync(Link link, byte[] tokens, CancellationToken stop) =>
        dirty.InTransactionAsync<MakeResult>(async transaction =>
        {
            var connection = transaction.Connection!;
            await database.SerializeAsync(transaction, "bot.links", stop);
            var touching = (await connection.QueryAsync<Row>(
                $"SELECT {Columns} FROM bot_link WHERE discord_user_id = @discord OR rally_id = @rally",
                new { discord = (long)link.DiscordUserId, rally = link.RallyId }, transaction)).ToList();
            if (touching.Find(row => row.RallyId != link.RallyId) is { } other)
                return new MakeResult.DiscordAccountTaken(other.Username);
            if (touching.Exists(row => (ulong)row.DiscordUserId != link.DiscordUserId))
                return new MakeResult.RallyAccountTaken();

            await connection.ExecuteAsync("""
                INSERT INTO bot_link (discord_user_id, rally_id, username, guild_id, linked_at, tokens)
                VALUES (@discord, @RallyId, @Username, @guild, @LinkedAt, @tokens)
                ON CONFLICT (discord_user_id) DO UPDATE
                SET username = excluded.username, guild_id = excluded.guild_id, linked_at = excluded.linked_at,
                    tokens = excluded.tokens, broken_at = NULL
                """,
                new { discord = (long)link.DiscordUserId, link.RallyId, link.Username, guild = (long)link.GuildId, link.LinkedAt, tokens },
                transaction);
            await dirty.MarkEverywhereAsync(transaction, link.DiscordUserId, $"linked to {link.Username}");
            return new MakeResult.Made();
        }, stop);

    /// <summary>Unlinks; false when there was no link.</summary>
    public Task<bool> RemoveAsync(ulong discordUserId, CancellationToken stop) =>
        dirty.InTransactionAsync(async transaction =>
        {
            var removed = await transaction.Connection!.ExecuteAsync(
                "DELETE FROM bot_link WHERE discord_user_id = @id", new { id = (long)discordUserId }, transaction);
            if (removed > 0)
                await dirty.MarkEverywhereAsync(transaction, discordUserId, "unlinked");
            return removed > 0;
        }, stop);

    /// <summary>Notes that the consent behind these tokens is gone; the link no longer counts until it is made again.</summary>
    /// <param name="discordUserId">Whose link.</param>
    /// <param name="tokens">Those that were found dead: a link that has been made anew meanwhile stands.</param>
    /// <param name="at">When that was found.</param>
    /// <param name="stop">Ends the call before anything is kept.</param>
    public Task BreakAsync(ulong discordUserId, byte[] tokens, DateTimeOffset at, CancellationToken stop) =>
        dirty.InTransactionAsync(async transaction =>
        {
            var broken = await transaction.Connection!.ExecuteAsync(
                "UPDATE bot_link SET broken_at = @at WHERE discord_user_id = @id AND broken_at IS NULL AND tokens = @tokens",
                new { id = (long)discordUserId, tokens, at }, transaction);
            if (broken > 0)
                await dirty.MarkEverywhereAsync(transaction, discordUserId, "access to the Rally account was withdrawn");
            return broken;
        }, stop);

    public Task<byte[]?> ReadTokensAsync(ulong discordUserId, CancellationToken stop) =>
        database.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<byte[]?>(
            "SELECT tokens FROM bot_link WHERE discord_user_id = @id", new { id = (long)discordUserId }), stop);

    /// <summary>Replaces tokens by those they were exchanged for, unless the link has been made anew meanwhile.</summary>
    public Task ReplaceTokensAsync(ulong discordUserId, byte[] old, byte[] tokens, CancellationToken stop) =>
        database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
            "UPDATE bot_link SET tokens = @tokens WHERE discord_user_id = @id AND tokens = @old",
            new { id = (long)discordUserId, old, tokens }, transaction), stop);

    /// <summary>The Discord accounts linked to these Rally accounts.</summary>
    public static async Task<IReadOnlyList<ulong>> FindByRallyIdsAsync(DbTransaction transaction, params Guid?[] rallyIds)
    {
        var found = new List<ulong>();
        foreach (var rallyId in rallyIds.OfType<Guid>())
        {
            found.AddRange((await transaction.Connection!.QueryAsync<long>(
                "SELECT discord_user_id FROM bot_link WHERE rally_id = @rallyId", new { rallyId }, transaction)).Select(id => (ulong)id));
        }

        return found;
    }

    private sealed record Row(long DiscordUserId, Guid RallyId, string Username, long GuildId, DateTimeOffset LinkedAt, DateTimeOffset? BrokenAt)
    {
        public Link ToLink() => new((ulong)DiscordUserId, RallyId, Username, (ulong)GuildId, LinkedAt, BrokenAt);
    }
}
