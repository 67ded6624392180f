using Rally.Auth.Apps;
using Rally.Webhooks.Subscriptions;

namespace Rally.Bot.Hosting;

/// <summary>Apps are told of events as long as they may use the network.</summary>
internal sealed class Subscribers(FindApp apps) : ISubscribers
{
    public async Task<SubscriberState> FindAsync(string clientId, CancellationToken stop) => await apps.MayUseNetworkAsync(clientId, stop) switch
    {
        true => SubscriberState.Active,
        false => SubscriberState.Suspended,
        null => SubscriberState.Gone,
    };
}
