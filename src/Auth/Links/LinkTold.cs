using System.Data.Common;
using Rally.Storage.Changes;

namespace Rally.Auth.Links;

/// <summary>Tells the outbox of changed links, in the transaction that changes them: that there was a change, not who it is elsewhere.</summary>
internal sealed class LinkTold(Outbox outbox)
{
    /// <summary>Its type in the outbox.</summary>
    public const string Type = "link.changed";

    public Task LinkedAsync(DbTransaction transaction, Guid account, string provider) => TellAsync(transaction, account, provider, "linked");

    public Task UnlinkedAsync(DbTransaction transaction, Guid account, string provider) => TellAsync(transaction, account, provider, "unlinked");

    /// <param name="transaction">Which has told that it was unlinked from the account before.</param>
    /// <param name="account">The new one.</param>
    /// <param name="provider">See <see cref="LinkProvider.Key"/>.</param>
    public Task MovedAsync(DbTransaction transaction, Guid account, string provider) => TellAsync(transaction, account, provider, "moved");

    /// <inheritdoc cref="Outbox.Announce"/>
    public void Announce() => outbox.Announce();

    private Task TellAsync(DbTransaction transaction, Guid account, string platform, string change) =>
        outbox.AppendAsync(transaction, Type, topic: null, new { account, platform, change }, CancellationToken.None);
}
