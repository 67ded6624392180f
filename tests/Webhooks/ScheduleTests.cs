using Rally.Webhooks.Deliveries;
using Xunit;

namespace Rally.Webhooks.Tests;

public sealed class ScheduleTests
{
    [Fact]
    public void Ten_attempts_with_a_tenth_of_jitter_either_way()
    {
        var schedule = new RetrySchedule(new Random(1));
        TimeSpan[] stated =
        [
            TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
            TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
        ];

        for (var failures = 1; failures <= stated.Length; failures++)
        {
            var delays = Enumerable.Range(0, 100).Select(_ => schedule.DelayAfter(failures, null)!.Value).ToList();
            Assert.All(delays, delay => Assert.InRange(delay, stated[failures - 1] * 0.9, stated[failures - 1] * 1.1));
            Assert.True(delays.Distinct().Count() > 90);
        }

        Assert.Null(schedule.DelayAfter(10, null));
        Assert.Null(schedule.DelayAfter(10, TimeSpan.FromHours(1)));
    }

    [Theory]
    [InlineData(-60, 5.5)]
    [InlineData(1, 5.5)]
    [InlineData(600, 600)]
    [InlineData(999_999_999, 86_400)]
    public void Retry_after_lengthens_a_delay_up_to_a_day_and_never_shortens_it(double askedSeconds, double mostSeconds) =>
        Assert.InRange(
            new RetrySchedule(new Random(1)).DelayAfter(1, TimeSpan.FromSeconds(askedSeconds))!.Value.TotalSeconds, 4.5, mostSeconds);

    [Fact]
    public void Origins_that_are_not_origins_are_refused_at_start()
    {
        var options = new WebhooksOptions { TrustedOrigins = { "http://127.0.0.1:8080", "127.0.0.1", "http://host/path", "ftp://host" } };

        var result = new WebhooksOptionsCheck().Validate(null, options);

        Assert.Equal(3, result.Failures!.Count());
    }
}
