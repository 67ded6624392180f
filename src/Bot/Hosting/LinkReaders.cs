using Rally.Webhooks.Approvals;

namespace Rally.Bot.Hosting;

/// <summary>Apps are told of changed links by whoever lets them read theirs.</summary>
internal sealed class LinkReaders(Auth.Links.LinkReaders readers) : ILinkReaders
{
    public Task<bool> MayReadAsync(string clientId, Guid account, CancellationToken stop) => readers.MayReadAsync(clientId, account, stop);
}
