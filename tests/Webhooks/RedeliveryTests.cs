using Rally.Storage;
using Rally.Testing;
using Rally.Webhooks.Tests.Setup;
using Xunit;

namespace Rally.Webhooks.Tests;

public sealed class RedeliveryTests
{
    [Theory, EachEngine]
    public async Task All_since_a_time_is_sent_again_in_order_with_the_same_ids(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        var subscription = await network.SubscribeAsync(receiver.Url);
        await network.PostAsync(2);
        // Else time would be up for an answer that is under way.
        await network.StatusAsync(subscription, "position", 2);
        network.Clock.Advance(TimeSpan.FromMinutes(1));
        var since = network.Clock.GetUtcNow();
        await network.PostAsync(3);
        await network.StatusAsync(subscription, "position", 5);

        var recovering = await network.DoAsync(subscription, "recover", new { since }, status: 202);

        Assert.Equal((2, 3), ((long)recovering["after"]!, (long)recovering["events"]!));
        var deliveries = await receiver.ArrivedAsync(8);
        Assert.Equal([1L, 2, 3, 4, 5, 3, 4, 5], deliveries.Select(delivery => delivery.Position));
        Assert.Equal(deliveries.Skip(2).Take(3).Select(delivery => delivery.Id), deliveries.Skip(5).Select(delivery => delivery.Id));
        await network.StatusAsync(subscription, "position", 5);
    }

    [Theory, EachEngine]
    public async Task Progress_made_before_does_not_undo_it(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        var answer = new TaskCompletionSource();
        receiver.Answer = async context =>
        {
            await answer.Task;
            await Receiver.Status(context, 204);
        };
        var subscription = await network.SubscribeAsync(receiver.Url);
        await network.PostAsync(2);
        await receiver.ArrivedAsync(1);

        // The first is under way meanwhile.
        await network.DoAsync(subscription, "recover", new { after = 0 }, status: 202);
        answer.SetResult();

        await network.StatusAsync(subscription, "position", 2);
        var before = receiver.Deliveries.Count;
        await network.DoAsync(subscription, "recover", new { after = 0 }, status: 202);
        await network.StopAsync();
        await network.StartAgainAsync();
        await network.StatusAsync(subscription, "position", 2);
        // One that was under way at the stop may come again.
        Assert.Equal([1L, 2L], receiver.Deliveries.Skip(before).Select(delivery => delivery.Position).Distinct());
    }

    [Theory, EachEngine]
    public async Task A_place_ahead_skips_nothing(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = context => Receiver.Status(context, 500);
        var subscription = await network.SubscribeAsync(receiver.Url);
        await network.PostAsync(2);
        await network.StatusAsync(subscription, "failures", 1);

        var recovering = await network.DoAsync(subscription, "recover", new { after = 2 }, status: 202);

        Assert.Equal((0, 0), ((long)recovering["after"]!, (long)recovering["events"]!));
        Assert.Equal(0, (long)(await network.StatusAsync(subscription))["position"]!);
        await network.DoAsync(subscription, "recover", new { }, status: 422);
        await network.DoAsync(subscription, "recover", new { after = -1 }, status: 422);
        await network.DoAsync(subscription, "recover", new { after = 1, since = network.Clock.GetUtcNow() }, status: 422);
        await network.DoAsync(subscription with { Id = Guid.NewGuid() }, "recover", new { after = 0 }, status: 404);
    }
}
