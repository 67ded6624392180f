using System.Data.Common;
using Dapper;
using Microsoft.AspNetCore.Identity;
using Rally.Auth.Accounts;
using Rally.Storage;

namespace Rally.Auth.Passkeys;

/// <summary>Whose passkeys there are. Of each only the public key is known, and how often it has signed.</summary>
internal sealed class PasskeyStore(Database database, TimeProvider time)
{
    /// <summary>More than a person has devices.</summary>
    public const int MostOfOneAccount = 20;

    internal sealed record Passkey
    {
        public required byte[] CredentialId { get; init; }

        /// <summary>What its owner calls it.</summary>
        public required string Name { get; init; }

        /// <summary>Whether copies of it are kept elsewhere, as phones do for their owners' other devices.</summary>
        public required bool IsBackedUp { get; init; }

        public required DateTimeOffset CreatedAt { get; init; }

        /// <summary>When it last proved who somebody is; null for never.</summary>
        public DateTimeOffset? UsedAt { get; init; }
    }

    private const string Columns = "credential_id, name, public_key, sign_count, transports, is_backup_eligible, is_backed_up, created_at";

    /// <summary>The account's passkeys, the oldest first.</summary>
    public async Task<IReadOnlyList<Passkey>> OfAsync(Guid accountId, CancellationToken stop) =>
        [.. await database.ReadAsync(connection => connection.QueryAsync<Passkey>("""
            SELECT credential_id, name, is_backed_up, created_at, used_at FROM auth_passkey
            WHERE account_id = @accountId ORDER BY created_at, credential_id
            """, new { accountId }), stop)];

    /// <summary>As Identity knows them, to check what they sign.</summary>
    public async Task<IList<UserPasskeyInfo>> InfosOfAsync(Guid accountId, CancellationToken stop) =>
        [.. (await database.ReadAsync(connection => connection.QueryAsync<Row>(
            $"SELECT {Columns} FROM auth_passkey WHERE account_id = @accountId ORDER BY created_at, credential_id", new { accountId }), stop))
            .Select(row => row.ToInfo())];

    public Task<Account?> FindOwnerAsync(byte[] credentialId, CancellationToken stop) =>
        database.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<Account>($"""
            SELECT {AccountStore.Columns} FROM auth_account
            WHERE id = (SELECT account_id FROM auth_passkey WHERE credential_id = @credentialId)
            """, new { credentialId }), stop);

    /// <returns>False when there is one of this id already, or the account has as many as it may.</returns>
    public async Task<bool> AddAsync(DbTransaction transaction, Guid accountId, string name, UserPasskeyInfo passkey)
    {
        await database.SerializeAsync(transaction, $"auth.passkeys.{accountId}", default);
        return await transaction.Connection!.ExecuteAsync("""
            INSERT INTO auth_passkey
              (credential_id, account_id, name, public_key, sign_count, transports, is_backup_eligible, is_backed_up, created_at)
            SELECT @CredentialId, @accountId, @name, @PublicKey, @count, @transports, @eligible, @backedUp, @now
            WHERE (SELECT COUNT(*) FROM auth_passkey WHERE account_id = @accountId) < @most
            ON CONFLICT (credential_id) DO NOTHING
            """,
            new
            {
                passkey.CredentialId,
                accountId,
                name,
                passkey.PublicKey,
                count = (long)passkey.SignCount,
                transports = string.Join(' ', passkey.Transports ?? []),
                eligible = passkey.IsBackupEligible ? 1L : 0,
                backedUp = passkey.IsBackedUp ? 1L : 0,
                now = time.GetUtcNow(),
                most = (long)MostOfOneAccount,
            }, transaction) == 1;
    }

    /// <summary>
    /// Notes that it has signed. A counter that does not go up is refused here once more: of two who answer with the same
    /// one at the same time, both would have passed the check before (WebAuthn, 7.2). Passkeys without a counter always say 0.
    /// </summary>
    /// <returns>False when the counter has been that far already, or the passkey is gone.</returns>
    public Task<bool> UseAsync(Guid accountId, UserPasskeyInfo passkey, CancellationToken stop) =>
        database.WriteAsync(async transaction => await transaction.Connection!.ExecuteAsync("""
            UPDATE auth_passkey SET sign_count = @count, is_backed_up = @backedUp, used_at = @now
            WHERE credential_id = @CredentialId AND account_id = @accountId AND (sign_count < @count OR (sign_count = 0 AND @count = 0))
            """,
            new { passkey.CredentialId, accountId, count = (long)passkey.SignCount, backedUp = passkey.IsBackedUp ? 1L : 0, now = time.GetUtcNow() },
            transaction) == 1, stop);

    /// <returns>The name it had; null when the account has no such passkey.</returns>
    public static async Task<string?> RenameAsync(DbTransaction transaction, Guid accountId, byte[] credentialId, string name)
    {
        var before = await transaction.Connection!.ExecuteScalarAsync<string?>(
            "SELECT name FROM auth_passkey WHERE credential_id = @credentialId AND account_id = @accountId", new { credentialId, accountId }, transaction);
        await transaction.Connection!.ExecuteAsync(
            "UPDATE auth_passkey SET name = @name WHERE credential_id = @credentialId AND account_id = @accountId",
            new { name, credentialId, accountId }, transaction);
        return before;
    }

    /// <returns>The name it had; null when the account has no such passkey.</returns>
    public static Task<string?> RemoveAsync(DbTransaction transaction, Guid accountId, byte[] credentialId) =>
        transaction.Connection!.ExecuteScalarAsync<string?>(
            "DELETE FROM auth_passkey WHERE credential_id = @credentialId AND account_id = @accountId RETURNING name",
            new { credentialId, accountId }, transaction);

    private sealed record Row
    {
        public required byte[] CredentialId { get; init; }

        public required string Name { get; init; }

        public required byte[] PublicKey { get; init; }

        public required long SignCount { get; init; }

        public required string Transports { get; init; }

        public required bool IsBackupEligible { get; init; }

        public required bool IsBackedUp { get; init; }

        public required DateTimeOffset CreatedAt { get; init; }

        // What a passkey says of itself when it is made is not asked for, and not kept.
        public UserPasskeyInfo ToInfo() => new(
            CredentialId, PublicKey, CreatedAt, checked((uint)SignCount), Transports.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            isUserVerified: true, IsBackupEligible, IsBackedUp, attestationObject: [], clientDataJson: [])
        {
            Name = Name,
        };
    }
}
