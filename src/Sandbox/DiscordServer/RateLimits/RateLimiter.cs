using System.Security.Cryptography;
using System.Text;

namespace Rally.Sandbox.DiscordServer.RateLimits;

/// <summary>Counts requests in fixed windows: one per (rule, major parameter), and one for the whole bot.</summary>
internal sealed class RateLimiter(RateLimitOptions options, TimeProvider time)
{
    private const int BucketsKept = 2_000;
    private static readonly TimeSpan GlobalWindow = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Rule, string Major), Window> _buckets = [];
    private Window _global;

    /// <summary>Takes a place for one request; null when limits are off.</summary>
    public RateLimitVerdict? Take(RateLimitRule rule, string major)
    {
        if (!options.Enabled)
            return null;

        var now = time.GetUtcNow();
        lock (_gate)
        {
            if (rule.CountsGlobally)
            {
                _global = _global.At(now, GlobalWindow);
                if (_global.Taken >= options.GlobalPerSecond)
                    return RateLimitVerdict.GlobalRefusal(_global.End - now);
            }

            ForgetEnded(now);
            var bucket = _buckets.GetValueOrDefault((rule.Name, major)).At(now, rule.Window);
            var allowed = bucket.Taken < rule.Limit;
            if (allowed)
            {
                bucket = bucket with { Taken = bucket.Taken + 1 };
                if (rule.CountsGlobally)
                    _global = _global with { Taken = _global.Taken + 1 };
            }

            _buckets[(rule.Name, major)] = bucket;
            return new(allowed, IsGlobal: false, rule.Limit, rule.Limit - bucket.Taken, bucket.End, bucket.End - now, Hash(rule.Name));
        }
    }

    private void ForgetEnded(DateTimeOffset now)
    {
        if (_buckets.Count < BucketsKept)
            return;
        foreach (var ended in _buckets.Where(bucket => bucket.Value.End <= now).Select(bucket => bucket.Key).ToArray())
            _buckets.Remove(ended);
    }

    private static string Hash(string rule) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(rule)))[..32];

    private readonly record struct Window(int Taken, DateTimeOffset End)
    {
        public Window At(DateTimeOffset now, TimeSpan length) => End <= now ? new(0, now + length) : this;
    }
}
