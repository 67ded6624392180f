using System.Data.Common;
using System.Text.Json;
using System.Threading.Channels;
using Dapper;
using Microsoft.AspNetCore.DataProtection;
using Rally.Storage;

namespace Rally.Auth.Mail;

/// <summary>
/// Mail that waits: for the server, or, where there is none, for an operator who passes the link on. It is sealed, because
/// whoever has the link has what it opens.
/// </summary>
internal sealed class Outbox(Database database, IDataProtectionProvider protection, TimeProvider time)
{
    private readonly IDataProtector _protector = protection.CreateProtector("Rally.Auth.Mail");
    private readonly Channel<bool> _more = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <param name="UserName">Of the account it is about.</param>
    internal sealed record Waiting(Guid Id, Letter Letter, string UserName, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, long Attempts);

    /// <summary>Adds a letter about an account, and forgets all that came to nothing. Call <see cref="Wake"/> after the commit.</summary>
    /// <param name="transaction">In which.</param>
    /// <param name="accountId">With which it goes if it has not been sent by then; null for the letter that outlives its account.</param>
    /// <param name="letter">What it says.</param>
    /// <param name="lifetime">How long it is tried.</param>
    public Task AddAsync(DbTransaction transaction, Guid? accountId, Letter letter, TimeSpan lifetime)
    {
        var now = time.GetUtcNow();
        return transaction.Connection!.ExecuteAsync("""
            DELETE FROM auth_mail WHERE expires_at <= @now;
            INSERT INTO auth_mail (id, account_id, content, created_at, expires_at, attempts, next_attempt_at)
            VALUES (@id, @accountId, @content, @now, @expiresAt, 0, @now);
            """,
            new
            {
                id = Guid.CreateVersion7(now),
                accountId,
                content = _protector.Protect(JsonSerializer.SerializeToUtf8Bytes(letter)),
                now,
                expiresAt = now + lifetime,
            }, transaction);
    }

    /// <summary>Lets the sender look at once.</summary>
    public void Wake() => _more.Writer.TryWrite(true);

    /// <summary>Waits until something was added in this process, or for so long.</summary>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken stop)
    {
        using var timeout = new CancellationTokenSource(atMost, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
        try
        {
            await _more.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
        }
    }

    /// <summary>All that waits, the newest first.</summary>
    public async Task<IReadOnlyList<Waiting>> AllAsync(int limit, CancellationToken stop)
    {
        var rows = await database.ReadAsync(connection => connection.QueryAsync<Row>("""
            SELECT m.id, m.content, a.user_name, m.created_at, m.expires_at, m.attempts
            FROM auth_mail m JOIN auth_account a ON a.id = m.account_id
            WHERE m.expires_at > @now ORDER BY m.created_at DESC, m.id DESC LIMIT @limit
            """, new { now = time.GetUtcNow(), limit }), stop);
        return [.. rows.Select(Open)];
    }

    /// <summary>Takes the one that is due longest for some minutes, in which nobody else gets it.</summary>
    public async Task<Waiting?> ClaimAsync(TimeSpan lease, CancellationToken stop)
    {
        var now = time.GetUtcNow();
        var row = await database.WriteAsync(transaction => transaction.Connection!.QuerySingleOrDefaultAsync<Row>("""
            UPDATE auth_mail SET attempts = attempts + 1, next_attempt_at = @until
            WHERE id = (SELECT id FROM auth_mail WHERE next_attempt_at <= @now AND expires_at > @now ORDER BY next_attempt_at, id LIMIT 1)
              AND next_attempt_at <= @now
            RETURNING id, content, '' AS user_name, created_at, expires_at, attempts
            """, new { now, until = now + lease }, transaction), stop);
        return row is null ? null : Open(row);
    }

    public Task PutOffAsync(Guid id, TimeSpan delay, CancellationToken stop) =>
        database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
            "UPDATE auth_mail SET next_attempt_at = @next WHERE id = @id", new { next = time.GetUtcNow() + delay, id }, transaction), stop);

    public Task ForgetAsync(Guid id, CancellationToken stop) =>
        database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
            "DELETE FROM auth_mail WHERE id = @id", new { id }, transaction), stop);

    private Waiting Open(Row row) => new(
        row.Id, JsonSerializer.Deserialize<Letter>(_protector.Unprotect(row.Content))!, row.UserName, row.CreatedAt, row.ExpiresAt, row.Attempts);

    private sealed record Row(Guid Id, byte[] Content, string UserName, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, long Attempts);
}
