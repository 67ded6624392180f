using System.Data.Common;
using Dapper;
using Rally.Storage;

namespace Rally.Bot.Roles.Notices;

/// <summary>Something to tell a member, or the admins of a guild.</summary>
/// <param name="UserId">The member; null for the admins.</param>
internal sealed record Notice(Guid Id, ulong GuildId, ulong? UserId, string Text, DateTimeOffset At, long Attempts);

/// <summary>What is still to be told, kept in the transaction of what it is about.</summary>
internal sealed class NoticeBoard(Database database, TimeProvider time)
{
    private readonly WakeCall _call = new(time);

    /// <param name="userId">The member; null for the guild's admins.</param>
    public static Task AddAsync(DbTransaction transaction, ulong guildId, ulong? userId, string text, DateTimeOffset now) =>
        transaction.Connection!.ExecuteAsync("""
            INSERT INTO bot_notice (id, guild_id, user_id, text, at, attempts, not_before) VALUES (@id, @guild, @user, @text, @now, 0, @now)
            """, new { id = Guid.CreateVersion7(now), guild = (long)guildId, user = (long?)userId, text, now }, transaction);

    /// <summary>The due one that waits longest; null when there is none.</summary>
    public Task<Notice?> NextAsync(CancellationToken stop) => database.ReadAsync(async connection => (await connection.QuerySingleOrDefaultAsync<Row>("""
        SELECT id, guild_id, user_id, text, at, attempts FROM bot_notice WHERE not_before <= @now ORDER BY not_before, id LIMIT 1
        """, new { now = time.GetUtcNow() }))?.ToNotice(), stop);

    /// <summary>It has been told, or never will be.</summary>
    public Task EraseAsync(Guid id, CancellationToken stop) => database.WriteAsync(
        transaction => transaction.Connection!.ExecuteAsync("DELETE FROM bot_notice WHERE id = @id", new { id }, transaction), stop);

    public Task PostponeAsync(Guid id, TimeSpan delay, CancellationToken stop) => database.WriteAsync(
        transaction => transaction.Connection!.ExecuteAsync(
            "UPDATE bot_notice SET attempts = attempts + 1, not_before = @notBefore WHERE id = @id", new { id, notBefore = time.GetUtcNow() + delay }, transaction), stop);

    /// <summary>Something was added, and is committed.</summary>
    public void Wake() => _call.Wake();

    /// <summary>Returns when something was added, or after <paramref name="atMost"/>.</summary>
    public Task WaitAsync(TimeSpan atMost, CancellationToken stop) => _call.WaitAsync(atMost, stop);

    private sealed record Row
    {
        public required Guid Id { get; init; }

        public long GuildId { get; init; }

        public long? UserId { get; init; }

        public required string Text { get; init; }

        public DateTimeOffset At { get; init; }

        public long Attempts { get; init; }

        public Notice ToNotice() => new(Id, (ulong)GuildId, (ulong?)UserId, Text, At, Attempts);
    }
}
