using Rally.Auth.Accounts;
using Rally.Auth.Mail;
using Rally.Storage;

namespace Rally.Auth.Passkeys;

/// <summary>Renames a passkey, or removes it: it opens the account no longer. Browsers that it signed in stay signed in.</summary>
internal sealed class ChangePasskey(Database database, Notices notices)
{
    /// <param name="account">Whose it is.</param>
    /// <param name="credentialId">Which.</param>
    /// <param name="name">One that <see cref="PasskeyName.Fold"/> gave.</param>
    /// <param name="stop">Ends the work.</param>
    public async Task RenameAsync(Account account, byte[] credentialId, string name, CancellationToken stop)
    {
        await database.WriteAsync(async transaction =>
        {
            if (await PasskeyStore.RenameAsync(transaction, account.Id, credentialId, name) is { } before && before != name)
            {
                await notices.AddAsync(
                    transaction, account, "A passkey of your account has another name",
                    $"The passkey \"{before}\" of the Rally account {account.UserName} is called \"{name}\" now.");
            }
        }, stop);
        notices.Wake();
    }

    public async Task RemoveAsync(Account account, byte[] credentialId, CancellationToken stop)
    {
        await database.WriteAsync(async transaction =>
        {
            if (await PasskeyStore.RemoveAsync(transaction, account.Id, credentialId) is { } name)
            {
                await notices.AddAsync(
                    transaction, account, "A passkey was removed from your account",
                    $"The passkey \"{name}\" opens the Rally account {account.UserName} no longer.");
            }
        }, stop);
        notices.Wake();
    }
}
