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

    /// <summary>What to say to somebody who is signed in.</summary>
    public const string WrongPassword = "The password is not right, or the account is locked for some minutes after too many wrong tries.";

    /// <summary>
    /// For somebody who comes. With a second factor the attempt stays counted until that is passed too: else who knows the
    /// password could set the count back between guesses at the code.
    /// </summary>
    /// <returns>The account, or null when name or password is wrong or the account is locked.</returns>
    public async Task<Account?> ExecuteAsync(string? userName, string? password, CancellationToken stop)
    {
        var account = await VerifyAsync(userName, password, stop);
        if (account is { HasSecondFactor: false })
            await ForgiveAsync(account.Id, stop);
        return account;
    }

    /// <summary>For somebody who is signed in, and asked once more before something that matters.</summary>
    public async Task<bool> CheckAsync(Account account, string? password, CancellationToken stop)
    {
        var isRight = await VerifyAsync(account.UserName, password, stop) is not null;
        if (isRight)
            await ForgiveAsync(account.Id, stop);
        return isRight;
    }

    /// <summary>Sets the count of attempts back.</summary>
    public Task ForgiveAsync(Guid accountId, CancellationToken stop) =>
        database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
            "UPDATE auth_account SET failed_sign_ins = 0, locked_until = NULL WHERE id = @accountId", new { accountId }, transaction), stop);

    private async Task<Account?> VerifyAsync(string? userName, string? password, CancellationToken stop)
    {
        password ??= "";
        var account = UserName.Fold(userName) is { } name ? await CountAttemptAsync(name, stop) : null;
        var verdict = password.Length > CreateAccount.GreatestPasswordLength
            ? PasswordVerificationResult.Failed
            : await turns.RunAsync(() => hasher.VerifyHashedPassword(account ?? Nobody, account?.PasswordHash ?? _decoyHash, password), stop);
        if (account is null || verdict == PasswordVerificationResult.Failed)
            return null;
        if (verdict == PasswordVerificationResult.SuccessRehashNeeded)
        {
            var newHash = await turns.RunAsync(() => hasher.HashPassword(account, password), stop);
            await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
                "UPDATE auth_account SET password_hash = @newHash WHERE id = @Id", new { account.Id, newHash }, transaction), stop);
        }

        return account;
    }

    /// <summary>Counts an attempt before it is looked at.</summary>
    /// <returns>The account; null when there is none, or it is locked.</returns>
    public Task<Account?> CountAttemptAsync(string name, CancellationToken stop)
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
