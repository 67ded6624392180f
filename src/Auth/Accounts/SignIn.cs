using Dapper;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Rally.Storage;

namespace Rally.Auth.Accounts;

/// <summary>
/// Checks a user name and password. Each attempt is counted durably before the password is looked at, so that any
/// number of guesses sent side by side meets the same lockout; a right password sets the count back. An unknown name
/// and a locked account cost the same hash as a wrong password, and all three get the same answer.
/// </summary>
internal sealed class SignIn(
    Database database, IPasswordHasher<Account> hasher, HashingTurns turns, IOptions<AuthOptions> options, TimeProvider time)
{
    private static readonly Account Nobody = new() { Id = Guid.Empty, UserName = "", PasswordHash = "", SecurityStamp = "" };

    private readonly string _decoyHash = hasher.HashPassword(Nobody, "a password of nobody's");

    /// <returns>The account, or null when name or password is wrong or the account is locked.</returns>
    public async Task<Account?> ExecuteAsync(string? userName, string? password, CancellationToken stop)
    {
        password ??= "";
        var account = UserName.Fold(userName) is { } name ? await CountAttemptAsync(name, stop) : null;
        var verdict = password.Length > CreateAccount.GreatestPasswordLength
            ? PasswordVerificationResult.Failed
            : await turns.RunAsync(() => hasher.VerifyHashedPassword(account ?? Nobody, account?.PasswordHash ?? _decoyHash, password), stop);
        if (account is null || verdict == PasswordVerificationResult.Failed)
            return null;

        var newHash = verdict == PasswordVerificationResult.SuccessRehashNeeded
            ? await turns.RunAsync(() => hasher.HashPassword(account, password), stop)
            : null;
        await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("""
            UPDATE auth_account
            SET failed_sign_ins = 0, locked_until = NULL, password_hash = COALESCE(@newHash, password_hash)
            WHERE id = @Id
            """, new { account.Id, newHash }, transaction), stop);
        return account;
    }

    private Task<Account?> CountAttemptAsync(string name, CancellationToken stop)
    {
        var now = time.GetUtcNow();
        var limit = (long)options.Value.FailedSignInsBeforeLockout;
        return database.WriteAsync(transaction => transaction.Connection!.QuerySingleOrDefaultAsync<Account>($"""
            UPDATE auth_account
            SET failed_sign_ins = CASE WHEN failed_sign_ins + 1 >= @limit THEN 0 ELSE failed_sign_ins + 1 END,
                locked_until = CASE WHEN failed_sign_ins + 1 >= @limit THEN @until ELSE NULL END
            WHERE user_name = @name AND blocked_at IS NULL AND (locked_until IS NULL OR locked_until <= @now)
            RETURNING {AccountStore.Columns}
            """, new { name, limit, now, until = now + options.Value.LockoutDuration }, transaction), stop);
    }
}
