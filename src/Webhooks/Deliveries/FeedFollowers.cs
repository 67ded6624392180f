using Rally.Webhooks.Events;

namespace Rally.Webhooks.Deliveries;

/// <summary>
/// Those who follow the feed, found by what they ask for: an event finds those of its coins, and those of all coins by its type, and
/// leaves the thousands of others alone.
/// </summary>
internal sealed class FeedFollowers
{
    private readonly Dictionary<string, HashSet<FeedFollower>> _byCoin = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<FeedFollower>> _byType = new(StringComparer.Ordinal);
    private readonly Dictionary<EndpointVersion, FeedFollower> _byEndpoint = [];
    private readonly HashSet<FeedFollower> _all = [];
    private readonly List<FeedFollower> _ahead = [];

    /// <summary>Taken by whoever calls what does not say otherwise.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Takes the lock itself.</summary>
    /// <param name="filter">What it asks for.</param>
    /// <param name="endpoint">Which endpoint it is; null for a stream.</param>
    /// <returns>Among the others until it is disposed.</returns>
    public FeedFollower Add(EventFilter filter, EndpointVersion? endpoint)
    {
        var follower = new FeedFollower(this, filter, endpoint);
        lock (Gate)
        {
            _all.Add(follower);
            foreach (var (index, key) in KeysOf(filter))
            {
                if (!index.TryGetValue(key, out var followers))
                    index[key] = followers = [];
                followers.Add(follower);
            }

            if (endpoint is { } version)
                _byEndpoint[version] = follower;
        }

        return follower;
    }

    /// <summary>Takes the lock itself.</summary>
    public void Remove(FeedFollower follower)
    {
        lock (Gate)
        {
            _all.Remove(follower);
            foreach (var (index, key) in KeysOf(follower.Filter))
            {
                if (index.TryGetValue(key, out var followers) && followers.Remove(follower) && followers.Count == 0)
                    index.Remove(key);
            }

            if (follower.Endpoint is { } version && _byEndpoint.GetValueOrDefault(version) == follower)
                _byEndpoint.Remove(version);
        }
    }

    public FeedFollower? Find(EndpointVersion endpoint) => _byEndpoint.GetValueOrDefault(endpoint);

    /// <summary>Wakes those who wait for an event, and no others.</summary>
    /// <param name="happened">The event.</param>
    /// <param name="before">All up to it.</param>
    public void Wake(WebhookEvent happened, Cursor before)
    {
        // What is of no coin is told whichever coins are named.
        if (happened.Coins.Count == 0)
        {
            Wake(_all, happened, before);
            return;
        }

        foreach (var coin in happened.Coins)
            Wake(_byCoin.GetValueOrDefault(coin), happened, before);
        Wake(_byType.GetValueOrDefault(happened.Type), happened, before);
    }

    /// <summary>Wakes all who wait.</summary>
    public void WakeAll(Cursor at)
    {
        foreach (var follower in _all)
            follower.Wake(at);
    }

    /// <summary>Somebody begins to wait who is ahead of the tail.</summary>
    public void AddAhead(FeedFollower follower) => _ahead.Add(follower);

    /// <summary>Wakes those who were ahead, to look where they are now.</summary>
    public void WakeAhead()
    {
        foreach (var follower in _ahead.Where(follower => follower.IsAhead))
            follower.Wake(follower.At);
        _ahead.Clear();
    }

    private static void Wake(HashSet<FeedFollower>? followers, WebhookEvent happened, Cursor before)
    {
        foreach (var follower in followers ?? [])
        {
            if (follower.IsWaiting && follower.Filter.Wants(happened))
                follower.Wake(before);
        }
    }

    private IEnumerable<(Dictionary<string, HashSet<FeedFollower>> Index, string Key)> KeysOf(EventFilter filter) => filter.Coins is { } coins
        ? coins.Select(coin => (_byCoin, coin))
        : (filter.Types ?? EventType.All).Select(type => (_byType, type));
}
