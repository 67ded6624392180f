namespace Rally.Webhooks.Subscriptions;

/// <summary>
/// Which clients may be told of events, as whoever keeps the clients knows. The host registers one; without it, all may.
/// </summary>
public interface ISubscribers
{
    /// <summary>How it stands with clients now.</summary>
    /// <param name="clientIds">Each once; thousands at times.</param>
    /// <param name="stop">Ends the search.</param>
    /// <returns>The state of each, by its id.</returns>
    Task<IReadOnlyDictionary<string, SubscriberState>> FindAsync(IReadOnlyCollection<string> clientIds, CancellationToken stop);
}

/// <summary>How it stands with a client.</summary>
public enum SubscriberState
{
    /// <summary>It is told of what it has subscribed to.</summary>
    Active,

    /// <summary>It is told nothing for now; what it missed comes when it is active again.</summary>
    Suspended,

    /// <summary>It is there no more, and what it has subscribed to ends.</summary>
    Gone,
}

/// <summary>Where nobody says otherwise.</summary>
internal sealed class EverySubscriber : ISubscribers
{
    public Task<IReadOnlyDictionary<string, SubscriberState>> FindAsync(IReadOnlyCollection<string> clientIds, CancellationToken stop) =>
        Task.FromResult<IReadOnlyDictionary<string, SubscriberState>>(clientIds.ToDictionary(id => id, _ => SubscriberState.Active));
}
