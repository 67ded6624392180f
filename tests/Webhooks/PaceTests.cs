using Rally.Storage;
using Rally.Testing;
using Rally.Webhooks.Deliveries;
using Rally.Webhooks.Tests.Setup;
using Xunit;

namespace Rally.Webhooks.Tests;

public sealed class PaceTests
{
    [Fact]
    public void A_pace_lets_a_seconds_worth_through_at_once_and_then_so_many_a_second()
    {
        var clock = new FakeClock();
        var pace = new Pace(4, clock);
        for (var i = 0; i < 4; i++)
        {
            Assert.True(pace.Wait <= TimeSpan.Zero);
            pace.Pass();
        }

        Assert.Equal(TimeSpan.FromMilliseconds(250), pace.Wait);
        clock.Advance(TimeSpan.FromMilliseconds(250));
        Assert.Equal(TimeSpan.Zero, pace.Wait);
        pace.Pass();
        Assert.Equal(TimeSpan.FromMilliseconds(250), pace.Wait);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(pace.Wait <= TimeSpan.FromSeconds(-1));
        Assert.True(new Pace(null, clock).Wait <= TimeSpan.Zero);
    }

    [Theory, EachEngine]
    public async Task An_endpoint_gets_no_more_a_second_than_its_owner_wants(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        await network.SubscribeAsync(new { url = receiver.Url, events = new[] { "transfer.posted" }, perSecond = 2 });
        await network.PostAsync(5);

        await receiver.ArrivedAsync(2);
        for (var expected = 3; expected <= 5; expected++)
        {
            await Eventually.TrueAsync(() => network.Clock.HasTimerDue(network.Clock.GetUtcNow().AddMilliseconds(500)), "the pump waits for its turn");
            Assert.Equal(expected - 1, receiver.Deliveries.Count);
            network.Clock.Advance(TimeSpan.FromMilliseconds(500));
            await receiver.ArrivedAsync(expected);
        }
    }
}
