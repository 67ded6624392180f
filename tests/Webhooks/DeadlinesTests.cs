using Rally.Testing;
using Rally.Webhooks.Deliveries;
using Xunit;

namespace Rally.Webhooks.Tests;

public sealed class DeadlinesTests
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(15);

    private readonly FakeClock _clock = new();

    [Fact]
    public void One_that_ended_in_time_is_used_again_and_lasts_as_long_as_a_new_one()
    {
        using var deadlines = new Deadlines(Length, _clock);
        var first = deadlines.Begin();
        _clock.Advance(Length - TimeSpan.FromSeconds(1));
        deadlines.End(first);
        _clock.Advance(Length);

        var second = deadlines.Begin();
        Assert.Same(first, second);
        _clock.Advance(Length - TimeSpan.FromSeconds(1));
        Assert.False(second.IsCancellationRequested);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(second.IsCancellationRequested);
    }

    [Fact]
    public void One_that_is_over_is_not_used_again()
    {
        using var deadlines = new Deadlines(Length, _clock);
        var first = deadlines.Begin();
        _clock.Advance(Length);
        deadlines.End(first);

        var second = deadlines.Begin();
        Assert.NotSame(first, second);
        Assert.False(second.IsCancellationRequested);
    }
}
