using System.Data.Common;
using Dapper;
using Rally.Storage;

namespace Rally.Bot.Roles;

/// <summary>A member whose roles may no longer fit.</summary>
/// <param name="GuildId">The guild.</param>
/// <param name="UserId">The member's Discord account.</param>
/// <param name="Because">What last happened to them.</param>
/// <param name="Version">Raised by each mark; a mark that came meanwhile is seen by it.</param>
/// <param name="Attempts">How often looking at them has failed since the last mark.</param>
internal sealed record DirtyMember(ulong GuildId, ulong UserId, string Because, long Version, long Attempts);

/// <summary>
/// The persistent set of members to look at. Events only mark; the reconciler decides. Marks of one member collapse.
/// </summary>
internal sealed class DirtyMembers(Database database, TimeProvider time)
{
    private readonly WakeCall _call = new(time);

    /// <summary>Runs a write that may mark members, and wakes the reconciler once it has committed.</summary>
    public async Task<T> InTransactionAsync<T>(Func<DbTransaction, Task<T>> work, CancellationToken stop)
    {
        var result = await database.WriteAsync(work, stop);
        Wake();
        return result;
    }

    public Task MarkAsync(ulong guildId, ulong userId, string because, CancellationToken stop) =>
        InTransactionAsync(async transaction =>
        {
            await MarkAsync(transaction, guildId, userId, because);
            return true;
        }, stop);

    /// <summary>Marks every linked member in a guild; the count is of those marked.</summary>
    public Task<int> MarkGuildAsync(ulong guildId, string because, CancellationToken stop) =>
        InTransactionAsync(transaction => transaction.Connection!.ExecuteAsync($"""
            INSERT INTO bot_dirty (guild_id, user_id, because, version, attempts, not_before)
            SELECT @guild, discord_user_id, @because, 1, 0, @now FROM bot_link WHERE 1 = 1
            {OnConflict}
            """, new { guild = (long)guildId, because, now = time.GetUtcNow() }, transaction), stop);

    /// <summary>Marks every linked member in every guild that has a tier.</summary>
    public Task<int> MarkAllAsync(string because, CancellationToken stop) =>
        InTransactionAsync(transaction => transaction.Connection!.ExecuteAsync($"""
            INSERT INTO bot_dirty (guild_id, user_id, because, version, attempts, not_before)
            SELECT DISTINCT t.guild_id, l.discord_user_id, @because, 1, 0, @now FROM bot_tier AS t CROSS JOIN bot_link AS l WHERE 1 = 1
            {OnConflict}
            """, new { because, now = time.GetUtcNow() }, transaction), stop);

    /// <summary>Marks a member in every guild that has a tier.</summary>
    public Task MarkEverywhereAsync(DbTransaction transaction, ulong userId, string because) =>
        transaction.Connection!.ExecuteAsync($"""
            INSERT INTO bot_dirty (guild_id, user_id, because, version, attempts, not_before)
            SELECT DISTINCT guild_id, @user, @because, 1, 0, @now FROM bot_tier WHERE 1 = 1
            {OnConflict}
            """, new { user = (long)userId, because, now = time.GetUtcNow() }, transaction);

    /// <summary>Marks a member in every guild that has a tier on this coin.</summary>
    public Task MarkForCoinAsync(DbTransaction transaction, ulong userId, string coin, string because) =>
        transaction.Connection!.ExecuteAsync($"""
            INSERT INTO bot_dirty (guild_id, user_id, because, version, attempts, not_before)
            SELECT DISTINCT guild_id, @user, @because, 1, 0, @now FROM bot_tier WHERE coin = @coin
            {OnConflict}
            """, new { user = (long)userId, coin, because, now = time.GetUtcNow() }, transaction);

    /// <summary>Members that are due, longest waiting first.</summary>
    public Task<IReadOnlyList<DirtyMember>> DueAsync(int limit, CancellationToken stop) =>
        database.ReadAsync<IReadOnlyList<DirtyMember>>(async connection => (await connection.QueryAsync<Row>("""
            SELECT guild_id, user_id, because, version, attempts FROM bot_dirty
            WHERE not_before <= @now ORDER BY not_before LIMIT @limit
            """, new { now = time.GetUtcNow(), limit })).Select(row => row.ToMember()).ToList(), stop);

    /// <summary>The member as they are marked now; null when they are not due any more.</summary>
    public Task<DirtyMember?> FindDueAsync(ulong guildId, ulong userId, CancellationToken stop) =>
        database.ReadAsync(async connection => (await connection.QuerySingleOrDefaultAsync<Row>("""
            SELECT guild_id, user_id, because, version, attempts FROM bot_dirty
            WHERE guild_id = @guild AND user_id = @user AND not_before <= @now
            """, new { guild = (long)guildId, user = (long)userId, now = time.GetUtcNow() }))?.ToMember(), stop);

    /// <summary>The member has been dealt with; false when they were marked again meanwhile and stay.</summary>
    public static async Task<bool> ClearAsync(DbTransaction transaction, DirtyMember member) =>
        await transaction.Connection!.ExecuteAsync(
            "DELETE FROM bot_dirty WHERE guild_id = @guild AND user_id = @user AND version = @Version",
            new { guild = (long)member.GuildId, user = (long)member.UserId, member.Version }, transaction) > 0;

    /// <summary>Looking at the member failed: again after <paramref name="delay"/>, unless marked again meanwhile.</summary>
    public Task PostponeAsync(DirtyMember member, TimeSpan delay, CancellationToken stop) =>
        database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("""
            UPDATE bot_dirty SET attempts = attempts + 1, not_before = @notBefore
            WHERE guild_id = @guild AND user_id = @user AND version = @Version
            """,
            new { guild = (long)member.GuildId, user = (long)member.UserId, member.Version, notBefore = time.GetUtcNow() + delay },
            transaction), stop);

    public Task<long> CountAsync(CancellationToken stop) =>
        database.ReadAsync(connection => connection.QuerySingleAsync<long>("SELECT COUNT(*) FROM bot_dirty"), stop);

    /// <summary>Lets <see cref="WaitAsync"/> return: there is somebody to look at.</summary>
    public void Wake() => _call.Wake();

    /// <summary>Returns when something was marked, or after <paramref name="atMost"/>.</summary>
    public Task WaitAsync(TimeSpan atMost, CancellationToken stop) => _call.WaitAsync(atMost, stop);

    private const string OnConflict = """
        ON CONFLICT (guild_id, user_id) DO UPDATE
        SET because = excluded.because, version = bot_dirty.version + 1, attempts = 0,
            not_before = CASE WHEN bot_dirty.not_before < excluded.not_before THEN bot_dirty.not_before ELSE excluded.not_before END
        """;

    private Task<int> MarkAsync(DbTransaction transaction, ulong guildId, ulong userId, string because) =>
        transaction.Connection!.ExecuteAsync($"""
            INSERT INTO bot_dirty (guild_id, user_id, because, version, attempts, not_before)
            VALUES (@guild, @user, @because, 1, 0, @now)
            {OnConflict}
            """, new { guild = (long)guildId, user = (long)userId, because, now = time.GetUtcNow() }, transaction);

    private sealed record Row(long GuildId, long UserId, string Because, long Version, long Attempts)
    {
        public DirtyMember ToMember() => new((ulong)GuildId, (ulong)UserId, Because, Version, Attempts);
    }
}
