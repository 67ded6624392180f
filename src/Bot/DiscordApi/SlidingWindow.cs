namespace Rally.Bot.DiscordApi;

/// <summary>Lets through at most <paramref name="permits"/> in any stretch of <paramref name="window"/>, first come first served.</summary>
internal sealed class SlidingWindow(int permits, TimeSpan window, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _gate = new();
    private readonly Queue<DateTimeOffset> _taken = new(permits);
    private DateTimeOffset _pausedUntil;

    public async Task EnterAsync(CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            while (!TryTake(out var wait))
                await Task.Delay(wait, time, stop);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Nobody enters before <paramref name="duration"/> has passed.</summary>
    public void PauseFor(TimeSpan duration)
    {
        lock (_gate)
        {
            var until = time.GetUtcNow() + duration;
            _pausedUntil = until > _pausedUntil ? until : _pausedUntil;
        }
    }

    public void Dispose() => _turn.Dispose();

    private bool TryTake(out TimeSpan wait)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            while (_taken.TryPeek(out var oldest) && oldest + window <= now)
                _taken.Dequeue();

            var free = _taken.Count < permits ? now : _taken.Peek() + window;
            wait = (free > _pausedUntil ? free : _pausedUntil) - now;
            if (wait > TimeSpan.Zero)
                return false;
            _taken.Enqueue(now);
            return true;
        }
    }
}
