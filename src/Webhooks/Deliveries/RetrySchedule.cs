using System.Security.Cryptography;

namespace Rally.Webhooks.Deliveries;

/// <summary>When a failed event is tried again: ten attempts over about three days, further and further apart.</summary>
/// <param name="jitter">Spreads attempts by a tenth either way, so that endpoints which failed together do not return together.</param>
internal sealed class RetrySchedule(Random jitter)
{
    /// <summary>An endpoint that has failed for this long without a success is disabled.</summary>
    public static readonly TimeSpan DisableAfter = TimeSpan.FromDays(5);

    // No endpoint puts its events off further than this with Retry-After.
    private static readonly TimeSpan MostRetryAfter = TimeSpan.FromDays(1);

    private static readonly TimeSpan[] Delays =
    [
        TimeSpan.FromSeconds(5),
        TimeSpan.FromMinutes(5),
        TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(2),
        TimeSpan.FromHours(5),
        TimeSpan.FromHours(10),
        TimeSpan.FromHours(14),
        TimeSpan.FromHours(20),
        TimeSpan.FromHours(24),
    ];

    private readonly Lock _gate = new();

    /// <summary>Attempts an event gets in all.</summary>
    public static int Attempts => Delays.Length + 1;

    public static Random UnpredictableJitter() => new(RandomNumberGenerator.GetInt32(int.MaxValue));

    /// <summary>How long to wait after the given number of failures of one event; null when they are used up.</summary>
    public TimeSpan? DelayAfter(long failures, TimeSpan? retryAfter)
    {
        if (failures >= Attempts)
            return null;
        double spread;
        lock (_gate)
            spread = 0.9 + (0.2 * jitter.NextDouble());
        var delay = Delays[failures - 1] * spread;
        var asked = retryAfter > MostRetryAfter ? MostRetryAfter : retryAfter;
        return asked > delay ? asked : delay;
    }
}
