using Microsoft.Extensions.Logging;
using Rally.Auth.Accounts;
using Rally.Auth.Links;
using Rally.Auth.Mail;
using Rally.Auth.Server;

namespace Rally.Auth.Apps;

/// <summary>
/// The owner changes what an app says of itself. What the operator looked at to approve it cannot change behind their back: then
/// it waits again.
/// </summary>
internal sealed class ChangeApp(
    ClientStore clients, AppRules rules, ScopeCatalog scopes, AppGate gate, Notices notices, LinkStore links, Consents consents, ILogger<ChangeApp> log)
{
    /// <returns>What is wrong; none when it is done, or the app is not this account's.</returns>
    public async Task<IReadOnlyList<string>> ExecuteAsync(Account owner, string clientId, AppDraft draft, CancellationToken stop)
    {
        var faults = rules.FaultsOf(draft);
        if (faults.Count > 0)
            return faults;
        var isChanged = await clients.ChangeAsync(clientId, owner.Id, before => With(before, draft), transaction => notices.AddAsync(
            transaction, owner, "An app of your Rally account was changed", $"What the app {draft.Name} is registered for was changed."), stop);
        if (isChanged)
        {
            notices.Wake();
            log.LogInformation("The account {Account} changed the app {Client}", owner.Id, clientId);
        }

        return [];
    }

    /// <summary>Deletes it, with what people allowed it and all its tokens.</summary>
    /// <returns>Whether it was this account's.</returns>
    public async Task<bool> DeleteAsync(Account owner, string clientId, CancellationToken stop)
    {
        // Accounts are deleted under the same lock, and what they allowed the app goes with either.
        var isDeleted = await links.ChangeAsync(async transaction =>
        {
            await consents.LockAsync(transaction, owner.Id, stop);
            if (!await ClientStore.DeleteAsync(transaction, clientId, owner.Id))
                return false;
            await notices.AddAsync(transaction, owner, "An app of your Rally account was deleted", $"The app {clientId} was deleted.");
            return true;
        }, stop);
        if (isDeleted)
        {
            notices.Wake();
            log.LogInformation("The account {Account} deleted the app {Client}", owner.Id, clientId);
        }

        return isDeleted;
    }

    /// <summary>The app in the state that it is in once people see something else than the operator did.</summary>
    public Client Unseen(Client app) => app.State switch
    {
        AppState.Approved => app with { State = AppState.Waiting, Reason = null },
        // Somebody who was refused asks again; where nobody has to ask, no is no.
        AppState.Refused when !gate.IsOpenToNew => app with { State = AppState.Waiting, Reason = null },
        _ => app,
    };

    private Client With(Client before, AppDraft draft)
    {
        var after = before with
        {
            Name = draft.Name,
            HomePage = draft.HomePage,
            RedirectUris = draft.RedirectUris,
            // What only the operator gives, only the operator takes.
            Scopes = [.. draft.Scopes.Union(before.Scopes.Where(name => scopes.Find(name) is { ByOperatorOnly: true })).Order(StringComparer.Ordinal)],
            GrantTypes = draft.GrantTypes,
            Webhook = draft.Webhook,
        };
        var isSeen = before.State == AppState.Approved && after.Name == before.Name && after.HomePage == before.HomePage &&
            !after.RedirectUris.Except(before.RedirectUris).Any() && !after.Scopes.Except(before.Scopes).Any() &&
            !after.GrantTypes.Except(before.GrantTypes).Any();
        return isSeen ? after : Unseen(after);
    }
}
