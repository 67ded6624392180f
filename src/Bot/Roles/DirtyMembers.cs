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
/// <param name="Urgency">Whether somebody waits for it.</param>
internal sealed record DirtyMember(ulong GuildId, ulong UserId, string Because, long Version, long Attempts, Urgency Urgency);

/// <summary>Who goes first. The numbers are kept in the store.</summary>
internal enum Urgency
{
    /// <summary>Something happened to this member, and they look for what it changes.</summary>
    Fan = 0,

    /// <summary>Everybody in a guild, or whom an audit found.</summary>
    Sweep = 2,
}

/// <summary>
/// The persistent set of members to look at. Events only mark; the reconciler decides. Marks of one member collapse.
/// </summary>
internal sealed class DirtyMembers(Database database, TimeProvider time)
{
    private readonly Dictionary<Urgency, WakeCall> _calls = new() { [Urgency.Fan] = new(time), [Urgency.Sweep] = new(time) };

    /// <summary>Runs a write that may mark members, and wakes the reconciler once it has committed.</summary>
    public async Task<T> InTransactionAsync<T>(Func<DbTransaction, Task<T>> work, CancellationToken stop)
    {
        var result = await database.WriteAsync(work, stop);
        Wake();
        return result;
    }

    public Task MarkAsync(ulong guildId, ulong userId, string because, CancellationToken stop, Urgency urgency = Urgency.Fan) =>
        InTransactionAsync(async transaction =>
        {
            await MarkAsync(transaction, guildId, userId, because, urgency);
            return true;
        }, stop);

    /// <summary>Marks every linked member in a guild, and who was and may still have a role of the bot; the count is of those marked.</summary>
    public Task<int> MarkGuildAsync(ulong guildId, string because, CancellationToken stop) =>
        InTransactionAsync(transaction => MarkGuildAsync(transaction, guildId, because), stop);

    /// <inheritdoc cref="MarkGuildAsync(ulong, string, CancellationToken)"/>
    public Task<int> MarkGuildAsync(DbTransaction transaction, ulong guildId, string because) => MarkAsync(
        transaction,
        "SELECT @guild, user_id, {0} FROM (SELECT discord_user_id AS user_id FROM bot_link UNION SELECT user_id FROM bot_look WHERE guild_id = @guild) AS known WHERE 1 = 1",
        because, Urgency.Sweep, guildId);

    /// <summary>Marks every linked member in every guild that has a tier.</summary>
    public Task<int> MarkAllAsync(string because, CancellationToken stop) => InTransactionAsync(transaction => MarkAsync(
        transaction, "SELECT DISTINCT t.guild_id, l.discord_user_id, {0} FROM bot_rule_coin AS t CROSS JOIN bot_link AS l WHERE 1 = 1", because, Urgency.Sweep), stop);

    /// <summary>Marks a member in every guild that has a tier.</summary>
    public Task MarkEverywhereAsync(DbTransaction transaction, ulong userId, string because) => MarkAsync(
        transaction, "SELECT DISTINCT guild_id, @user, {0} FROM bot_rule_coin WHERE 1 = 1", because, Urgency.Fan, userId: userId);

    /// <summary>Marks a member in every guild that has a tier on this coin.</summary>
    public Task MarkForCoinAsync(DbTransaction transaction, ulong userId, string coin, string because) => MarkAsync(
        transaction, "SELECT DISTINCT guild_id, @user, {0} FROM bot_rule_coin WHERE coin = @coin", because, Urgency.Fan, userId: userId, coin: coin);

    /// <summary>Marks members for whom time alone may have changed something.</summary>
    /// <returns>How many.</returns>
    public async Task<int> MarkTimedAsync(CancellationToken stop)
    {
        var now = time.GetUtcNow();
        // Asked every second, and seldom so: no write, and nobody woken, for nothing.
        if (!await database.ReadAsync(connection => connection.ExecuteScalarAsync<bool>("SELECT EXISTS (SELECT 1 FROM bot_look WHERE due_at <= @now)", new { now }), stop))
            return 0;
        return await InTransactionAsync(async transaction =>
        {
            var marked = await MarkAsync(transaction, "SELECT guild_id, user_id, {0} FROM bot_look WHERE due_at <= @now", "time has passed", Urgency.Sweep);
            // By the earlier time: what falls due in between is marked once more, rather than never.
            await transaction.Connection!.ExecuteAsync("UPDATE bot_look SET due_at = NULL WHERE due_at <= @now", new { now }, transaction);
            return marked;
        }, stop);
    }

    /// <summary>
    /// Members that are due: fans who wait before sweeps, and among these the guilds in turns, so that a large one holds up no other;
    /// in a guild the longest waiting first.
    /// </summary>
    /// <param name="atMost">Only those at least so urgent.</param>
    public Task<IReadOnlyList<DirtyMember>> DueAsync(int limit, CancellationToken stop, Urgency atMost = Urgency.Sweep) =>
        database.ReadAsync<IReadOnlyList<DirtyMember>>(async connection => (await connection.QueryAsync<Row>("""
            SELECT guild_id, user_id, because, version, attempts, priority FROM (
              SELECT guild_id, user_id, because, version, attempts, priority, not_before,
                     row_number() OVER (PARTITION BY guild_id, priority ORDER BY not_before) AS turn
              FROM bot_dirty WHERE not_before <= @now AND priority <= @atMost) AS due
            ORDER BY priority, turn, not_before LIMIT @limit
            """, new { now = time.GetUtcNow(), limit, atMost = (long)atMost })).Select(row => row.ToMember()).ToList(), stop);

    /// <summary>The member as they are marked now; null when they are not due any more.</summary>
    public Task<DirtyMember?> FindDueAsync(ulong guildId, ulong userId, CancellationToken stop) =>
        database.ReadAsync(async connection => (await connection.QuerySingleOrDefaultAsync<Row>("""
            SELECT guild_id, user_id, because, version, attempts, priority FROM bot_dirty
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
    public void Wake()
    {
        foreach (var urgency in _calls.Keys)
            Wake(urgency);
    }

    /// <summary>The same for whoever waits for those so urgent.</summary>
    public void Wake(Urgency urgency) => _calls[urgency].Wake();

    /// <summary>Returns when something was marked, or after <paramref name="atMost"/>.</summary>
    public Task WaitAsync(TimeSpan atMost, CancellationToken stop, Urgency urgency = Urgency.Fan) => _calls[urgency].WaitAsync(atMost, stop);

    private Task<int> MarkAsync(DbTransaction transaction, ulong guildId, ulong userId, string because, Urgency urgency) =>
        MarkAsync(transaction, "SELECT @guild, @user, {0}", because, urgency, guildId, userId);

    /// <param name="who">Selects guild and member; {0} stands for the rest of the row.</param>
    private Task<int> MarkAsync(
        DbTransaction transaction, string who, string because, Urgency urgency, ulong guildId = 0, ulong userId = 0, string coin = "") =>
        transaction.Connection!.ExecuteAsync($"""
            INSERT INTO bot_dirty (guild_id, user_id, because, version, attempts, not_before, priority)
            {string.Format(System.Globalization.CultureInfo.InvariantCulture, who, "@because, 1, 0, @now, @urgency")}{(who.Contains("WHERE", StringComparison.Ordinal) ? "" : " WHERE 1 = 1")}
            ON CONFLICT (guild_id, user_id) DO UPDATE
            SET because = CASE WHEN bot_dirty.priority < excluded.priority THEN bot_dirty.because ELSE excluded.because END,
                version = bot_dirty.version + 1, attempts = 0,
                not_before = CASE WHEN bot_dirty.not_before < excluded.not_before THEN bot_dirty.not_before ELSE excluded.not_before END,
                priority = CASE WHEN bot_dirty.priority < excluded.priority THEN bot_dirty.priority ELSE excluded.priority END
            """,
            new { guild = (long)guildId, user = (long)userId, coin, because, now = time.GetUtcNow(), urgency = (long)urgency }, transaction);

    private sealed record Row(long GuildId, long UserId, string Because, long Version, long Attempts, long Priority)
    {
        public DirtyMember ToMember() => new((ulong)GuildId, (ulong)UserId, Because, Version, Attempts, (Urgency)Priority);
    }
}
