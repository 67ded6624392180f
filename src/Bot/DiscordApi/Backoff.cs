using System.Security.Cryptography;

namespace Rally.Bot.DiscordApi;

/// <summary>Gives a number from 0 (inclusive) to 1 (exclusive); safe to call from any thread.</summary>
internal delegate double Jitter();

/// <summary>Waits that double from <paramref name="first"/> to <paramref name="cap"/>, half of each left to chance.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan cap, Jitter jitter)
{
    /// <summary>The system's own randomness.</summary>
    public static Jitter SystemJitter { get; } = () => RandomNumberGenerator.GetInt32(int.MaxValue) / (double)int.MaxValue;

    /// <param name="failures">How many attempts failed so far, from 1.</param>
    public TimeSpan After(int failures)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(failures, 1);
        var whole = Math.Min(cap.TotalSeconds, first.TotalSeconds * Math.Pow(2, failures - 1));
        return TimeSpan.FromSeconds(whole * (0.5 + (0.5 * jitter())));
    }
}
