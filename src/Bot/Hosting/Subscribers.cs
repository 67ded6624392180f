using Rally.Auth.Apps;
using Rally.Webhooks.Subscriptions;

namespace Rally.Bot.Hosting;

/// <summary>Apps are told of events as long as they may use the network.</summary>
internal sealed class Subscribers(FindApp apps) : ISubscribers
{
    public async Task<IReadOnlyDictionary<string, SubscriberState>> FindAsync(IReadOnlyCollection<string> clientIds, CancellationToken stop)
    {
        var known = await apps.MayUseNetworkAsync(clientIds, stop);
        return clientIds.ToDictionary(id => id, id =>
            !known.TryGetValue(id, out var may) ? SubscriberState.Gone : may ? SubscriberState.Active : SubscriberState.Suspended);
    }
}
