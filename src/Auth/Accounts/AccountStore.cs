using Dapper;
using Microsoft.AspNetCore.Identity;
using Rally.Auth.Leaving;
using Rally.Auth.Passkeys;
using Rally.Storage;

namespace Rally.Auth.Accounts;

/// <summary>
/// What ASP.NET Core Identity reads and writes of an account. Lockout is not here but in <see cref="SignIn"/>:
/// Identity counts in memory and writes later, so guesses sent side by side would count as one.
/// </summary>
internal sealed class AccountStore(Database database, PasskeyStore passkeys, TimeProvider time)
    : IUserPasswordStore<Account>, IUserSecurityStampStore<Account>, IUserPasskeyStore<Account>
{
    public const string Columns = "id, user_name, password_hash, security_stamp, email, is_operator, totp_key";

    public Task<Account?> FindAsync(Guid id, CancellationToken stop) =>
        database.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<Account>(
            $"SELECT {Columns} FROM auth_account WHERE id = @id", new { id }), stop);

    public Task<Account?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        Guid.TryParse(userId, out var id) ? FindAsync(id, cancellationToken) : Task.FromResult<Account?>(null);

    public Task<Account?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<Account>(
            $"SELECT {Columns} FROM auth_account WHERE user_name = @normalizedUserName",
            new { normalizedUserName }), cancellationToken);

    public async Task<IdentityResult> CreateAsync(Account user, CancellationToken cancellationToken)
    {
        var added = await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("""
            INSERT INTO auth_account (id, user_name, password_hash, security_stamp, created_at)
            SELECT @Id, @UserName, @PasswordHash, @SecurityStamp, @now
            WHERE NOT EXISTS (SELECT 1 FROM auth_reserved_name WHERE hash = @reserved AND expires_at > @now)
            ON CONFLICT (user_name) DO NOTHING
            """,
            new { user.Id, user.UserName, user.PasswordHash, user.SecurityStamp, now = time.GetUtcNow(), reserved = ReservedNames.Hash(user.UserName) },
            transaction), cancellationToken);
        return added == 1
            ? IdentityResult.Success
            : IdentityResult.Failed(new IdentityErrorDescriber().DuplicateUserName(user.UserName));
    }

    public async Task<IdentityResult> UpdateAsync(Account user, CancellationToken cancellationToken)
    {
        await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("""
            UPDATE auth_account
            SET user_name = @UserName, password_hash = @PasswordHash, security_stamp = @SecurityStamp
            WHERE id = @Id
            """, user, transaction), cancellationToken);
        return IdentityResult.Success;
    }

    public async Task<IdentityResult> DeleteAsync(Account user, CancellationToken cancellationToken)
    {
        await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
            "DELETE FROM auth_account WHERE id = @Id", new { user.Id }, transaction), cancellationToken);
        return IdentityResult.Success;
    }

    public Task<string> GetUserIdAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult(user.Id.ToString());

    public Task<string?> GetUserNameAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(user.UserName);

    public Task SetUserNameAsync(Account user, string? userName, CancellationToken cancellationToken)
    {
        user.UserName = UserName.Fold(userName) ?? throw new ArgumentException(UserName.Rule, nameof(userName));
        return Task.CompletedTask;
    }

    public Task<string?> GetNormalizedUserNameAsync(Account user, CancellationToken cancellationToken) =>
        GetUserNameAsync(user, cancellationToken);

    // The name is its own normal form.
    public Task SetNormalizedUserNameAsync(Account user, string? normalizedName, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    public Task<string?> GetPasswordHashAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(user.PasswordHash);

    public Task<bool> HasPasswordAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(true);

    public Task SetPasswordHashAsync(Account user, string? passwordHash, CancellationToken cancellationToken)
    {
        user.PasswordHash = passwordHash ?? throw new ArgumentNullException(nameof(passwordHash));
        return Task.CompletedTask;
    }

    public Task<string?> GetSecurityStampAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(user.SecurityStamp);

    public Task SetSecurityStampAsync(Account user, string stamp, CancellationToken cancellationToken)
    {
        user.SecurityStamp = stamp;
        return Task.CompletedTask;
    }

    public async Task AddOrUpdatePasskeyAsync(Account user, UserPasskeyInfo passkey, CancellationToken cancellationToken)
    {
        if (!await passkeys.UseAsync(user.Id, passkey, cancellationToken))
            await database.WriteAsync(transaction => passkeys.AddAsync(transaction, user.Id, passkey.Name ?? user.UserName, passkey), cancellationToken);
    }

    public Task<IList<UserPasskeyInfo>> GetPasskeysAsync(Account user, CancellationToken cancellationToken) =>
        passkeys.InfosOfAsync(user.Id, cancellationToken);

    public Task<Account?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        passkeys.FindOwnerAsync(credentialId, cancellationToken);

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(Account user, byte[] credentialId, CancellationToken cancellationToken) =>
        (await passkeys.InfosOfAsync(user.Id, cancellationToken)).SingleOrDefault(passkey => passkey.CredentialId.AsSpan().SequenceEqual(credentialId));

    public Task RemovePasskeyAsync(Account user, byte[] credentialId, CancellationToken cancellationToken) =>
        database.WriteAsync(transaction => PasskeyStore.RemoveAsync(transaction, user.Id, credentialId), cancellationToken);

    public void Dispose()
    {
    }
}
