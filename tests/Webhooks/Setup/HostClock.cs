using Rally.Testing;
using Rally.Webhooks.Streams;
using Rally.Webhooks.Subscriptions;

namespace Rally.Webhooks.Tests.Setup;

/// <summary>
/// The fake clock without what looks all the time for something that a test has none of: other processes' commits, clients
/// that are gone, and revoked tokens. It would fire for every second of the days that a test lets pass.
/// </summary>
/// <param name="clock">Moved by the test.</param>
/// <param name="withChores">Whether clients that are gone, owners to be told, and revoked tokens are looked for after all.</param>
internal sealed class HostClock(FakeClock clock, bool withChores) : TimeProvider
{
    /// <summary>Set as the ledger's, and unlike any other delay.</summary>
    public static readonly TimeSpan FeedPollInterval = TimeSpan.FromMilliseconds(999);

    /// <summary>The same for the outbox.</summary>
    public static readonly TimeSpan ChangePollInterval = TimeSpan.FromMilliseconds(998);

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        dueTime == FeedPollInterval || dueTime == ChangePollInterval || (!withChores && (period == SubscriptionChores.Interval || period == EndStreams.Interval))
            ? clock.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan)
            : clock.CreateTimer(callback, state, dueTime, period);
}
