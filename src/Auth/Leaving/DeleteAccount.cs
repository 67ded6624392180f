using Dapper;
using Microsoft.Extensions.Logging;
using Rally.Auth.Accounts;
using Rally.Auth.Apps;
using Rally.Auth.Links;
using Rally.Auth.Mail;
using Rally.Storage;

namespace Rally.Auth.Leaving;

/// <summary>
/// Deletes an account with everything of the person's that this module keeps. All of that hangs on the account's row by foreign
/// keys that delete with it, so a new table is covered when it refers to auth_account so. Grants go the same way, and with them
/// every token, at once. The ledger is not touched: it knows nobody but Rally ids. What is left for some days is the user name's hash
/// (<see cref="ReservedNames"/>) and, sealed, the letter that says so, until it is sent.
/// </summary>
internal sealed class DeleteAccount(
    LinkStore links, Consents consents, Notices notices, Database database, TimeProvider time, ILogger<DeleteAccount> log)
{
    /// <returns>False, and nothing is deleted, when the account is the last operator's.</returns>
    public async Task<bool> ExecuteAsync(Account account, CancellationToken stop)
    {
        var isDeleted = await links.ChangeAsync(async transaction =>
        {
            // Of two operators who leave at once, one stays.
            await database.SerializeAsync(transaction, "auth.first-operator", stop);
            await consents.LockAsync(transaction, account.Id, stop);
            var deleted = await transaction.Connection!.ExecuteAsync("""
                DELETE FROM auth_account
                WHERE id = @Id AND (is_operator = 0 OR EXISTS (SELECT 1 FROM auth_account WHERE is_operator = 1 AND id <> @Id))
                """, new { account.Id }, transaction);
            if (deleted == 0)
                return false;
            await notices.TakeLeaveAsync(transaction, account);
            await ReservedNames.AddAsync(transaction, account.UserName, time.GetUtcNow());
            return true;
        }, stop);
        if (isDeleted)
        {
            notices.Wake();
            log.LogInformation("The account {Account} was deleted by its owner", account.Id);
        }

        return isDeleted;
    }
}
