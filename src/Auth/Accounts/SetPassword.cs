using System.Data.Common;
using Dapper;
using Microsoft.AspNetCore.Identity;

namespace Rally.Auth.Accounts;

/// <summary>Gives an account another password: browsers signed in with the old one are signed out, and a lockout ends.</summary>
internal sealed class SetPassword(IPasswordHasher<Account> hasher, HashingTurns turns)
{
    /// <summary>What is wrong with a password, as a sentence; null when nothing is.</summary>
    public static string? FaultOf(string? password) =>
        password is { Length: >= CreateAccount.LeastPasswordLength and <= CreateAccount.GreatestPasswordLength }
            ? null
            : $"A password has {CreateAccount.LeastPasswordLength} to {CreateAccount.GreatestPasswordLength} characters.";

    /// <summary>The hash to store; a tenth of a second of work, which belongs before a transaction.</summary>
    public Task<string> HashAsync(Account account, string password, CancellationToken stop) =>
        turns.RunAsync(() => hasher.HashPassword(account, password), stop);

    /// <param name="transaction">Where it happens.</param>
    /// <param name="accountId">Whose it is.</param>
    /// <param name="hash">From <see cref="HashAsync"/>.</param>
    /// <param name="keptSession">The browser that stays signed in; null for none.</param>
    public static async Task StoreAsync(DbTransaction transaction, Guid accountId, string hash, Guid? keptSession)
    {
        await transaction.Connection!.ExecuteAsync(
            "UPDATE auth_account SET password_hash = @hash, failed_sign_ins = 0, locked_until = NULL WHERE id = @accountId",
            new { hash, accountId }, transaction);
        await Sessions.EndAllAsync(transaction, accountId, keptSession);
    }
}
