using Rally.Testing;
using Rally.Webhooks.Deliveries;
using Xunit;

namespace Rally.Webhooks.Tests;

public sealed class DeadlinesTests
{
    [Fact]
    public async Task One_that_ended_in_time_is_used_again_and_ends_again()
    {
        using var deadlines = new Deadlines(TimeSpan.FromSeconds(2), TimeProvider.System);
        var first = deadlines.Begin();
        deadlines.End(first);

        var second = deadlines.Begin();
        Assert.Same(first, second);
        var isOver = new TaskCompletionSource();
        await using var registration = second.Token.Register(isOver.SetResult);
        await isOver.Task;
    }

    [Fact]
    public void One_that_is_over_is_not_used_again()
    {
        var clock = new FakeClock();
        using var deadlines = new Deadlines(TimeSpan.FromSeconds(15), clock);
        var first = deadlines.Begin();
        clock.Advance(TimeSpan.FromSeconds(15));
        Assert.True(first.IsCancellationRequested);
        deadlines.End(first);

        var second = deadlines.Begin();
        Assert.NotSame(first, second);
        Assert.False(second.IsCancellationRequested);
    }
}
