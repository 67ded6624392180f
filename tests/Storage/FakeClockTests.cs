using Rally.Testing;
using Xunit;

namespace Rally.Storage.Tests;

/// <summary>The clock that every other test trusts.</summary>
public sealed class FakeClockTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeClock _clock = new();
    private readonly List<string> _fired = [];

    [Fact]
    public void Time_stands_still_until_it_is_moved()
    {
        var (before, stamp) = (_clock.GetUtcNow(), _clock.GetTimestamp());
        Assert.Equal(before, _clock.GetUtcNow());

        _clock.Advance(90 * Second);

        Assert.Equal(before + (90 * Second), _clock.GetUtcNow());
        Assert.Equal(90 * Second, _clock.GetElapsedTime(stamp));
    }

    [Fact]
    public void Timers_fire_in_order_each_at_its_own_time()
    {
        var start = _clock.GetUtcNow();
        using var late = Timer("late", 3 * Second);
        using var early = Timer("early", Second);
        using var never = Timer("never", 10 * Second);

        _clock.Advance(5 * Second);

        Assert.Equal(["early at 1", "late at 3"], _fired);
        Assert.Equal(start + (5 * Second), _clock.GetUtcNow());
        Assert.Equal(1, _clock.WaitingTimers);
    }

    [Fact]
    public void A_periodic_timer_fires_once_a_period()
    {
        using var timer = Timer("tick", Second, 2 * Second);

        _clock.Advance(6 * Second);

        Assert.Equal(["tick at 1", "tick at 3", "tick at 5"], _fired);
    }

    [Fact]
    public void A_timer_set_again_by_its_own_callback_fires_within_the_same_advance()
    {
        ITimer? timer = null;
        timer = _clock.CreateTimer(_ =>
        {
            Note("again");
            timer!.Change(Second, Timeout.InfiniteTimeSpan);
        }, null, Second, Timeout.InfiniteTimeSpan);

        _clock.Advance(3 * Second);
        timer.Dispose();

        Assert.Equal(["again at 1", "again at 2", "again at 3"], _fired);
    }

    [Fact]
    public void A_timer_due_at_once_fires_without_an_advance()
    {
        using var timer = Timer("now", TimeSpan.Zero);

        Assert.Equal(["now at 0"], _fired);
    }

    [Fact]
    public void A_disposed_timer_neither_fires_nor_changes()
    {
        var timer = Timer("gone", Second);
        timer.Dispose();

        Assert.False(timer.Change(TimeSpan.Zero, Second));
        _clock.Advance(5 * Second);

        Assert.Empty(_fired);
        Assert.Equal(0, _clock.WaitingTimers);
    }

    [Fact]
    public async Task Delays_and_time_limits_wait_for_it()
    {
        var delay = Task.Delay(5 * Second, _clock);
        using var limit = new CancellationTokenSource(7 * Second, _clock);
        Assert.Equal(2, _clock.WaitingTimers);

        _clock.Advance(4 * Second);
        Assert.False(delay.IsCompleted);
        _clock.Advance(Second);
        await delay;
        Assert.False(limit.IsCancellationRequested);
        _clock.Advance(2 * Second);

        Assert.True(limit.IsCancellationRequested);
    }

    private ITimer Timer(string name, TimeSpan due, TimeSpan? period = null) =>
        _clock.CreateTimer(_ => Note(name), null, due, period ?? Timeout.InfiniteTimeSpan);

    private void Note(string name) => _fired.Add($"{name} at {(_clock.GetUtcNow() - new FakeClock().GetUtcNow()).TotalSeconds:0}");
}
