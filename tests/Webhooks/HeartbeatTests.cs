using Rally.Storage;
using Rally.Testing;
using Rally.Webhooks.Tests.Setup;
using Xunit;

namespace Rally.Webhooks.Tests;

public sealed class HeartbeatTests
{
    // Unlike any other delay, so that its timer is known by when it is due.
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(47);

    private static readonly string[] Events = ["transfer.posted", "heartbeat"];

    [Theory, EachEngine]
    public async Task An_endpoint_that_was_sent_nothing_for_a_while_is_told_how_far_the_log_is(Engine engine)
    {
        await using var network = await StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        await using var quiet = await Receiver.StartAsync();
        await network.PostAsync(3);
        var subscription = await network.SubscribeAsync(new { url = receiver.Url, events = Events });
        await network.SubscribeAsync(quiet.Url);

        await BeatAsync(network);
        await BeatAsync(network);
        await network.PostAsync();

        var events = await receiver.ArrivedAsync(3);
        Assert.Equal(["heartbeat", "heartbeat", "transfer.posted"], events.Select(one => one.Type));
        Assert.Equal(3, (long)events[0].Data["lastPosition"]!);
        Assert.NotEqual(events[0].Id, events[1].Id);
        Assert.Single(await quiet.ArrivedAsync(1));
        // One attempt in the log: that at the event.
        Assert.Equal(["transfer.posted"], (await network.ReadAsync(subscription, "attempts"))["attempts"]!.AsArray().Select(attempt => (string?)attempt!["type"]));
    }

    [Theory, EachEngine]
    public async Task One_that_fails_is_not_repeated_and_holds_up_nothing(Engine engine)
    {
        await using var network = await StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        var subscription = await network.SubscribeAsync(new { url = receiver.Url, events = Events });
        receiver.Answer = context => Receiver.Status(context, 500);

        await BeatAsync(network);
        await receiver.ArrivedAsync(1);
        receiver.Answer = context => Receiver.Status(context, 204);
        await network.PostAsync();

        Assert.Equal(["heartbeat", "transfer.posted"], (await receiver.ArrivedAsync(2)).Select(one => one.Type));
        var status = await network.StatusAsync(subscription, "position", 1);
        Assert.Equal((0L, 0L), ((long)status["failures"]!, (long)status["deadLetters"]!));
    }

    [Theory, EachEngine]
    public async Task None_comes_while_events_wait(Engine engine)
    {
        await using var network = await StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        var subscription = await network.SubscribeAsync(new { url = receiver.Url, events = Events });
        receiver.Answer = context => Receiver.Status(context, 500);
        await network.PostAsync();
        for (var failures = 1; failures < 4; failures++)
            await network.AdvanceToNextAttemptAsync(subscription, failures);
        await network.StatusAsync(subscription, "failures", 4);

        Assert.All(receiver.Deliveries, one => Assert.Equal("transfer.posted", one.Type));
    }

    [Theory, EachEngine]
    public async Task Gone_disables_as_ever(Engine engine)
    {
        await using var network = await StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        var subscription = await network.SubscribeAsync(new { url = receiver.Url, events = Events });
        receiver.Answer = context => Receiver.Status(context, 410);

        await BeatAsync(network);

        await network.StatusAsync(subscription, "disabledReason", "It answered 410 Gone.");
    }

    private static Task<TestNetwork> StartAsync(Engine engine) => TestNetwork.StartAsync(engine, options =>
    {
        options.AllowPrivateAddresses = true;
        options.Heartbeat = Heartbeat;
    });

    private static async Task BeatAsync(TestNetwork network)
    {
        var due = network.Clock.GetUtcNow() + Heartbeat;
        await Eventually.TrueAsync(() => network.Clock.HasTimerDue(due), "the pump waits to tell that there is nothing");
        network.Clock.Advance(Heartbeat);
    }
}
