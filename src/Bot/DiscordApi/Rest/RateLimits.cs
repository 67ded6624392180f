namespace Rally.Bot.DiscordApi.Rest;

/// <summary>Finds the bucket of a route: under the route's own name at first, then under the name Discord gave it.</summary>
internal sealed class RateLimits(TimeProvider time)
{
    // Every interaction's token is a major parameter, so buckets come without end.
    private const int SweepAbove = 1_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _bucketNames = [];
    private readonly Dictionary<(string Bucket, string Major), RateLimitBucket> _buckets = [];
    private int _sweepAt = SweepAbove;

    /// <summary>Waits for a place in the route's bucket, which the caller must leave.</summary>
    public async Task<RateLimitBucket> EnterAsync(Route route, CancellationToken stop)
    {
        while (true)
        {
            var bucket = BucketOf(route);
            await bucket.EnterAsync(stop);
            // While this one waited, another's answer may have told that the route belongs elsewhere.
            if (ReferenceEquals(bucket, BucketOf(route)))
                return bucket;
            bucket.Leave();
        }
    }

    /// <summary>Learns from an answer that came to a request in <paramref name="bucket"/>.</summary>
    public void Answered(Route route, RateLimitBucket bucket, RateLimitHeaders? headers)
    {
        if (headers?.Bucket is { } name)
        {
            lock (_gate)
            {
                _bucketNames[route.ToString()] = name;
                if (!_buckets.TryAdd((name, route.Major), bucket) && _buckets[(name, route.Major)] is var known && known != bucket)
                    known.Answered(headers);
            }
        }

        bucket.Answered(headers);
    }

    private RateLimitBucket BucketOf(Route route)
    {
        lock (_gate)
        {
            var key = (_bucketNames.GetValueOrDefault(route.ToString(), route.ToString()), route.Major);
            if (_buckets.TryGetValue(key, out var bucket))
                return bucket;
            if (_buckets.Count >= _sweepAt)
                Sweep();
            return _buckets[key] = new(time);
        }
    }

    private void Sweep()
    {
        foreach (var (key, bucket) in _buckets)
        {
            if (bucket.IsIdle)
                _buckets.Remove(key);
        }

        _sweepAt = Math.Max(SweepAbove, _buckets.Count * 2);
    }
}
