namespace Rally.Testing;

/// <summary>A clock that stands still until a test moves it; timers due in between fire in order.</summary>
public sealed class FakeClock(DateTimeOffset? start = null) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<FakeTimer> _timers = [];
    private DateTimeOffset _now = start ?? new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How many timers wait: lets a test see that the code under test has begun to wait.</summary>
    public int WaitingTimers
    {
        get
        {
            lock (_gate)
                return _timers.Count(timer => timer.Due is not null);
        }
    }

    /// <summary>
    /// Whether a timer is due then, to the millisecond. Code that reads the time and then begins to wait would wait twice if the
    /// clock were moved in between; a test that moves it to then first sees that the waiting has begun.
    /// </summary>
    public bool HasTimerDue(DateTimeOffset at)
    {
        lock (_gate)
            return _timers.Any(timer => timer.Due is { } due && (due - at).Duration() <= TimeSpan.FromMilliseconds(1));
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
            return _now;
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, callback, state);
        lock (_gate)
            _timers.Add(timer);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves time on and runs what falls due, on this thread.</summary>
    public void Advance(TimeSpan by)
    {
        var end = GetUtcNow() + by;
        while (true)
        {
            FakeTimer? next;
            lock (_gate)
            {
                next = _timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due);
                _now = next is null ? end : Max(_now, next.Due!.Value);
                next?.Reschedule();
            }

            if (next is null)
                return;
            next.Fire();
        }
    }

    /// <summary>
    /// Moves time on as for a machine that slept: what fell due meanwhile runs once, on this thread. For days over which a
    /// timer of seconds would run a million times.
    /// </summary>
    public void Jump(TimeSpan by)
    {
        List<FakeTimer> due;
        lock (_gate)
        {
            _now += by;
            due = [.. _timers.Where(timer => timer.Due <= _now).OrderBy(timer => timer.Due)];
            due.ForEach(timer => timer.Reschedule());
        }

        due.ForEach(timer => timer.Fire());
    }

    private static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private sealed class FakeTimer(FakeClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;
        private bool _disposed;

        public DateTimeOffset? Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            bool now;
            lock (clock._gate)
            {
                if (_disposed)
                    return false;
                _period = period;
                now = dueTime == TimeSpan.Zero;
                Due = dueTime == Timeout.InfiniteTimeSpan ? null : clock._now + dueTime;
                if (now)
                    Reschedule();
            }

            if (now)
                Fire();
            return true;
        }

        /// <summary>To its next time that is still to come.</summary>
        public void Reschedule() => Due = _period > TimeSpan.Zero ? Due + (_period * Math.Max(1, Math.Floor((clock._now - Due!.Value) / _period) + 1)) : null;

        public void Fire() => callback(state);

        public void Dispose()
        {
            lock (clock._gate)
            {
                _disposed = true;
                Due = null;
                clock._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
