using System.Data.Common;
using Dapper;
using Rally.Auth.Accounts;
using Rally.Auth.Server;
using Rally.Storage;

namespace Rally.Auth.Mail;

/// <summary>Gives an account an e-mail address once its owner has followed a link sent there, or takes it away.</summary>
internal sealed class SetEmail(Database database, LinkTokens tokens, Outbox outbox)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(2);

    /// <summary>Sends the link. Nobody learns whether other accounts have the address: several may.</summary>
    /// <param name="account">Whose it shall be.</param>
    /// <param name="email">As <see cref="EmailAddress.Fold"/> gives it.</param>
    /// <param name="stop">Ends the work.</param>
    /// <returns>Whether a link was sent: not when too many are on their way already.</returns>
    public async Task<bool> AskAsync(Account account, string email, CancellationToken stop)
    {
        var asked = await database.WriteAsync(async transaction =>
        {
            if (await tokens.AddAsync(transaction, LinkTokens.ConfirmEmail, account.Id, email, Lifetime) is not { } token)
                return false;
            await outbox.AddAsync(transaction, account.Id, new Letter(
                email,
                "Confirm your e-mail address",
                $"Somebody, probably you, has given this address for the Rally account {account.UserName}.\nTo confirm it, open this link within two days. If it was not you, do nothing.",
                $"{Paths.ConfirmEmail}?token={token}"), Lifetime);
            return true;
        }, stop);
        outbox.Wake();
        return asked;
    }

    /// <returns>The address that the account has now; null when the link is over.</returns>
    public async Task<string?> ConfirmAsync(string? token, CancellationToken stop)
    {
        var email = await database.WriteAsync(async transaction =>
        {
            if (await tokens.TakeAsync(transaction, LinkTokens.ConfirmEmail, token) is not { AccountId: { } accountId, Email: { } email })
                return null;
            await StoreAsync(transaction, accountId, email);
            return email;
        }, stop);
        outbox.Wake();
        return email;
    }

    public async Task RemoveAsync(Account account, CancellationToken stop)
    {
        await database.WriteAsync(transaction => StoreAsync(transaction, account.Id, null), stop);
        outbox.Wake();
    }

    private async Task StoreAsync(DbTransaction transaction, Guid accountId, string? email)
    {
        await LinkTokens.ForgetAsync(transaction, LinkTokens.ConfirmEmail, accountId);
        // What was sent to the old address opens the account no longer.
        await LinkTokens.ForgetAsync(transaction, LinkTokens.ResetPassword, accountId);
        var before = await transaction.Connection!.QuerySingleAsync<Before>(
            "SELECT user_name, email FROM auth_account WHERE id = @accountId", new { accountId }, transaction);
        await transaction.Connection!.ExecuteAsync(
            "UPDATE auth_account SET email = @email WHERE id = @accountId; DELETE FROM auth_mail WHERE account_id = @accountId",
            new { email, accountId }, transaction);
        if (before.Email is { } old && old != email)
        {
            await outbox.AddAsync(transaction, accountId, new Letter(
                old, "Your account has another e-mail address",
                $"The Rally account {before.UserName} no longer has this address. If that was not you, tell the people who run this server.",
                null), Lifetime);
        }
    }

    private sealed record Before
    {
        public required string UserName { get; init; }

        public string? Email { get; init; }
    }
}
