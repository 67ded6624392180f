using Rally.Storage;
using Rally.Testing;
using Rally.Webhooks.Tests.Setup;
using Xunit;

namespace Rally.Webhooks.Tests;

public sealed class FailureTests
{
    [Theory, EachEngine]
    public async Task Whatever_goes_wrong_is_named_and_tried_again_with_the_same_id(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var elsewhere = await Receiver.StartAsync();
        var faults = Fault.All(elsewhere, network.Clock).Where(fault => fault is { Answer: not null, IsGone: false }).ToArray();
        var receivers = new Receiver[faults.Length];
        var subscriptions = new Subscription[faults.Length];
        for (var i = 0; i < faults.Length; i++)
        {
            receivers[i] = await Receiver.StartAsync();
            receivers[i].Answer = faults[i].Answer!;
            subscriptions[i] = await network.SubscribeAsync(receivers[i].Url);
        }

        var began = network.Clock.GetUtcNow();
        await network.PostAsync(2);
        foreach (var receiver in receivers)
            await receiver.ArrivedAsync(1);
        for (var i = 0; i < faults.Length; i++)
        {
            if (!faults[i].TimesOut)
                await AssertFailedAsync(network, subscriptions[i], faults[i], began);
            receivers[i].Answer = context => Receiver.Status(context, 204);
        }

        network.Clock.Advance(faults[0].Lasts);
        for (var i = 0; i < faults.Length; i++)
        {
            if (faults[i].TimesOut)
                await AssertFailedAsync(network, subscriptions[i], faults[i], began + faults[i].Lasts);
        }

        foreach (var due in faults.Index().GroupBy(fault => began + fault.Item.Lasts + fault.Item.Delay).OrderBy(due => due.Key))
        {
            if (due.Key > network.Clock.GetUtcNow())
                network.Clock.Jump(due.Key - network.Clock.GetUtcNow());
            foreach (var (i, _) in due)
            {
                var status = await network.StatusAsync(subscriptions[i], "position", 2);
                Assert.Null(status["lastFailure"]);
                Assert.Null(status["failingSince"]);
                var deliveries = await receivers[i].ArrivedAsync(3);
                Assert.Equal(deliveries[0].Id, deliveries[^2].Id);
                Assert.Equal(deliveries[0].Body, deliveries[^2].Body);
                Assert.Equal(2, deliveries[^1].Position);
                await receivers[i].DisposeAsync();
            }
        }

        Assert.Empty(elsewhere.Deliveries);
    }

    [Theory, EachEngine]
    public async Task An_endpoint_that_is_not_there_gets_the_event_once_it_is(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var gone = await Receiver.StartAsync();
        var subscription = await network.SubscribeAsync(gone.Url);
        var origin = new Uri(gone.Url).GetLeftPart(UriPartial.Authority);
        await gone.DisposeAsync();

        await network.PostAsync();
        var status = await network.StatusAsync(subscription, "failures", 1);
        Assert.Contains("refused", (string?)status["lastFailure"], StringComparison.Ordinal);
        await using var back = await Receiver.StartAsync(origin);
        await network.AdvanceToNextAttemptAsync(subscription, failures: 1);

        Assert.Equal(1, (await back.ArrivedAsync(1))[0].Position);
    }

    [Theory, EachEngine]
    public async Task Gone_disables_until_the_owner_enables_it_and_nothing_is_lost_meanwhile(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = context => Receiver.Status(context, 410);
        var subscription = await network.SubscribeAsync(receiver.Url);

        await network.PostAsync(2);
        await network.StatusAsync(subscription, "disabledReason", "It answered 410 Gone.");
        network.Clock.Jump(TimeSpan.FromDays(2));
        Assert.Single(receiver.Deliveries);

        receiver.Answer = context => Receiver.Status(context, 204);
        await network.PatchAsync(subscription, new { enabled = true });
        Assert.Equal([1L, 1L, 2L], (await receiver.ArrivedAsync(3)).Select(delivery => delivery.Position));
        Assert.Null((await network.StatusAsync(subscription, "position", 2))["disabledAt"]);
        Assert.DoesNotContain(network.Log.Lines, line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }

    [Theory, EachEngine]
    public async Task After_ten_attempts_an_event_is_a_dead_letter_and_the_next_one_is_sent(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = context => Receiver.Status(context, 500);
        var subscription = await network.SubscribeAsync(receiver.Url);
        await network.PostAsync();
        for (var failures = 1; failures < 10; failures++)
            await network.AdvanceToNextAttemptAsync(subscription, failures);

        var status = await network.StatusAsync(subscription, "deadLetters", 1);
        Assert.Equal(1, (long)status["position"]!);
        Assert.Single((await receiver.ArrivedAsync(10)).Select(delivery => delivery.Id).Distinct());
        var span = TimeSpan.FromSeconds(receiver.Deliveries.Last().Timestamp - receiver.Deliveries.First().Timestamp);
        Assert.InRange(span, TimeSpan.FromHours(75), TimeSpan.FromHours(76));

        receiver.Answer = context => Receiver.Status(context, 204);
        await network.PostAsync();
        Assert.Equal(2, (await receiver.ArrivedAsync(11))[10].Position);
        Assert.Contains(network.Log.Lines, line => line.Text.Contains("dead letter", StringComparison.Ordinal));
    }

    [Theory, EachEngine]
    public async Task An_endpoint_failing_for_five_days_is_disabled_with_a_reason(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = context => Receiver.Status(context, 500);
        var subscription = await network.SubscribeAsync(receiver.Url);
        await network.PostAsync(2);

        await network.StatusAsync(subscription, "failures", 1);
        await network.StopAsync();
        network.Clock.Jump(TimeSpan.FromDays(5));
        await network.StartAgainAsync();

        await Eventually.TrueAsync(
            async () => (await network.StatusAsync(subscription))["disabledAt"] is not null, "disabled");
        var status = await network.StatusAsync(subscription);
        Assert.Equal("Nothing was delivered since 2026-01-02 03:04:05Z: It answered 500.", (string?)status["disabledReason"]);
        Assert.Equal(0, (long)status["position"]!);
    }

    private static async Task AssertFailedAsync(TestNetwork network, Subscription subscription, Fault fault, DateTimeOffset failedAt)
    {
        var status = await network.StatusAsync(subscription, "failures", 1);
        Assert.StartsWith(fault.Reason, (string?)status["lastFailure"], StringComparison.Ordinal);
        Assert.Equal((fault.Name, failedAt + fault.Delay), (fault.Name, status["nextAttemptAt"]!.GetValue<DateTimeOffset>()));
        Assert.Equal(0, (long)status["position"]!);
    }
}
