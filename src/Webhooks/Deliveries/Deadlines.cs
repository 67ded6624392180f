using System.Collections.Concurrent;

namespace Rally.Webhooks.Deliveries;

/// <summary>
/// Time limits of one length, used again where the clock is the system's: a source of its own for each message costs a timer and its garbage.
/// </summary>
/// <param name="length">How long each lasts.</param>
/// <param name="time">By which clock.</param>
internal sealed class Deadlines(TimeSpan length, TimeProvider time) : IDisposable
{
    private readonly ConcurrentQueue<CancellationTokenSource> _idle = new();

    public CancellationTokenSource Begin()
    {
        if (!_idle.TryDequeue(out var idle))
            return new(length, time);
        idle.CancelAfter(length);
        return idle;
    }

    /// <summary>Ends one that <see cref="Begin"/> gave, whether or not it is over.</summary>
    public void End(CancellationTokenSource deadline)
    {
        // Not when it has just fired, nor with a timer that is not the system's.
        if (deadline.TryReset())
            _idle.Enqueue(deadline);
        else
            deadline.Dispose();
    }

    public void Dispose()
    {
        while (_idle.TryDequeue(out var idle))
            idle.Dispose();
    }
}
