using Dapper;
using Microsoft.Extensions.Logging;
using Rally.Auth.Apps;
using Rally.Storage;

namespace Rally.Auth.Accounts;

/// <summary>
/// An operator locks an account: nobody signs in to it, its browsers are signed out, and apps' tokens for it end at once.
/// What it allowed apps is remembered, so that they ask for new tokens when it is unlocked. Operators cannot be locked.
/// </summary>
internal sealed class LockAccount(Database database, Consents consents, TimeProvider time, ILogger<LockAccount> log)
{
    public async Task LockAsync(Guid accountId, Account by, CancellationToken stop)
    {
        var isLocked = await database.WriteAsync(async transaction =>
        {
            await consents.LockAsync(transaction, accountId, stop);
            var now = time.GetUtcNow();
            var changed = await transaction.Connection!.ExecuteAsync(
                "UPDATE auth_account SET blocked_at = @now WHERE id = @accountId AND is_operator = 0 AND blocked_at IS NULL",
                new { now, accountId }, transaction);
            if (changed == 0)
                return false;
            await Sessions.EndAllAsync(transaction, accountId, except: null);
            await transaction.Connection!.ExecuteAsync(
                "UPDATE auth_grant SET revoked_at = @now WHERE account_id = @accountId AND revoked_at IS NULL", new { now, accountId }, transaction);
            return true;
        }, stop);
        if (isLocked)
            log.LogInformation("Operator {Operator} locked the account {Account}", by.Id, accountId);
    }

    /// <summary>Also ends a lockout after wrong passwords.</summary>
    public async Task UnlockAsync(Guid accountId, Account by, CancellationToken stop)
    {
        await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
            "UPDATE auth_account SET blocked_at = NULL, locked_until = NULL, failed_sign_ins = 0 WHERE id = @accountId",
            new { accountId }, transaction), stop);
        log.LogInformation("Operator {Operator} unlocked the account {Account}", by.Id, accountId);
    }
}
