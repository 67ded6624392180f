using System.Data.Common;
using Rally.Auth.Accounts;
using Rally.Auth.Mail;
using Rally.Auth.Server;

namespace Rally.Auth.Apps;

/// <summary>Writes to the person who registered an app, on behalf of another module; by way of the host.</summary>
public sealed class TellAppOwner
{
    private readonly ClientStore _clients;
    private readonly AccountStore _accounts;
    private readonly Consents _consents;
    private readonly Notices _notices;

    internal TellAppOwner(ClientStore clients, AccountStore accounts, Consents consents, Notices notices) =>
        (_clients, _accounts, _consents, _notices) = (clients, accounts, consents, notices);

    /// <summary>
    /// Adds a letter, which goes out once <paramref name="transaction"/> has committed, and only then. Nothing is added for an app that
    /// the operator registered, an owner without an address, or where there is no mail server. Call <see cref="Wake"/> after the commit.
    /// </summary>
    /// <param name="transaction">Of what the owner is told.</param>
    /// <param name="clientId">The app.</param>
    /// <param name="subject">One line.</param>
    /// <param name="text">Plain text.</param>
    /// <param name="path">The page of this server on which to see to it.</param>
    /// <param name="stop">Ends the wait.</param>
    public async Task AddAsync(DbTransaction transaction, string clientId, string subject, string text, string path, CancellationToken stop = default)
    {
        if (await _clients.FindAsync(clientId, stop) is not { AccountId: { } owner } app)
            return;
        // The owner may be deleting the account, and with it the app.
        await _consents.LockAsync(transaction, owner, stop);
        if (await _accounts.FindAsync(owner, stop) is { } account)
            await _notices.TellAsync(transaction, account, subject, $"About your app {app.Name}.\n\n{text}", path);
    }

    /// <summary>Lets the letters go out at once.</summary>
    public void Wake() => _notices.Wake();
}
