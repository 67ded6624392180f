using System.Data.Common;
using Rally.Storage.Changes;

namespace Rally.Auth.Links;

/// <summary>Tells the outbox of changed links, in the transaction that changes them: that there was a change, not who it is elsewhere.</summary>
internal sealed class LinkTold(Outbox outbox)
{
    /// <summary>Its type in the outbox.</summary>
    public const string Type = "link.changed";

    public Task LinkedAsync(DbTransaction transaction, Guid account, string provider) => TellAsync(transaction, account, provider, "linked");

    /// <param name="transaction">That ends it.</param>
    /// <param name="account">Whose it was.</param>
    /// <param name="provider">See <see cref="LinkProvider.Key"/>.</param>
    /// <param name="knew">Apps that lose with it the right to know the account's links: of this end they are still told.</param>
    public Task UnlinkedAsync(DbTransaction transaction, Guid account, string provider, IReadOnlyList<string>? knew = null) =>
        TellAsync(transaction, account, provider, "unlinked", knew);

    /// <param name="transaction">Which has told that it was unlinked from the account before.</param>
    /// <param name="account">The new one.</param>
    /// <param name="provider">See <see cref="LinkProvider.Key"/>.</param>
    public Task MovedAsync(DbTransaction transaction, Guid account, string provider) => TellAsync(transaction, account, provider, "moved");

    /// <inheritdoc cref="Outbox.Announce"/>
    public void Announce() => outbox.Announce();

    private Task TellAsync(DbTransaction transaction, Guid account, string platform, string change, IReadOnlyList<string>? knew = null) =>
        outbox.AppendAsync(transaction, Type, topic: null, new { account, platform, change, knew = knew ?? [] }, CancellationToken.None);
}
