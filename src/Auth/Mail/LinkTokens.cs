using System.Data.Common;
using Dapper;
using Rally.Auth.Server;
using Rally.Storage;

namespace Rally.Auth.Mail;

/// <summary>What the links of this server prove, each once. Only hashes are kept.</summary>
internal sealed class LinkTokens(Database database, TimeProvider time)
{
    public const string ConfirmEmail = "confirm-email";
    public const string FirstOperator = "first-operator";
    public const string ResetPassword = "reset-password";

    // Who asks for another before the first has come gets it; who asks on and on fills nobody's mailbox.
    private const int MostOfOneAccount = 3;

    /// <param name="AccountId">Whose it is; null for one that is nobody's yet.</param>
    /// <param name="Email">The address it went to, or null.</param>
    internal sealed record Found
    {
        public Guid? AccountId { get; init; }

        public string? Email { get; init; }
    }

    /// <summary>Adds a token, and forgets everybody's that have expired.</summary>
    /// <returns>The token; null when the account has too many of this purpose.</returns>
    public async Task<string?> AddAsync(DbTransaction transaction, string purpose, Guid? accountId, string? email, TimeSpan lifetime)
    {
        var now = time.GetUtcNow();
        var live = await transaction.Connection!.ExecuteScalarAsync<long>("""
            DELETE FROM auth_link_token WHERE expires_at <= @now;
            SELECT COUNT(*) FROM auth_link_token WHERE account_id = @accountId AND purpose = @purpose;
            """, new { now, accountId, purpose }, transaction);
        if (live >= MostOfOneAccount)
            return null;
        var token = OpaqueToken.New();
        await transaction.Connection!.ExecuteAsync("""
            INSERT INTO auth_link_token (hash, purpose, account_id, email, created_at, expires_at)
            VALUES (@hash, @purpose, @accountId, @email, @now, @expiresAt)
            """, new { hash = OpaqueToken.Hash(token), purpose, accountId, email, now, expiresAt = now + lifetime }, transaction);
        return token;
    }

    /// <summary>What a token is good for, which it stays.</summary>
    public async Task<Found?> FindAsync(string purpose, string? token, CancellationToken stop) =>
        OpaqueToken.Hash(token) is not { } hash ? null : await database.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<Found>(
            "SELECT account_id, email FROM auth_link_token WHERE hash = @hash AND purpose = @purpose AND expires_at > @now",
            new { hash, purpose, now = time.GetUtcNow() }), stop);

    /// <summary>What a token is good for, once: of two who bring it, one gets null.</summary>
    public async Task<Found?> TakeAsync(DbTransaction transaction, string purpose, string? token) =>
        OpaqueToken.Hash(token) is not { } hash ? null : await transaction.Connection!.QuerySingleOrDefaultAsync<Found>(
            "DELETE FROM auth_link_token WHERE hash = @hash AND purpose = @purpose AND expires_at > @now RETURNING account_id, email",
            new { hash, purpose, now = time.GetUtcNow() }, transaction);

    /// <summary>Forgets all tokens of an account for one purpose.</summary>
    public static Task ForgetAsync(DbTransaction transaction, string purpose, Guid accountId) =>
        transaction.Connection!.ExecuteAsync(
            "DELETE FROM auth_link_token WHERE account_id = @accountId AND purpose = @purpose", new { accountId, purpose }, transaction);
}
