using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Rally.Storage;
using Rally.Testing;
using Rally.Webhooks.Tests.Setup;
using Xunit;

namespace Rally.Webhooks.Tests;

public sealed class RecoveryTests
{
    [Theory, EachEngine]
    public async Task A_crash_between_delivery_and_cursor_delivers_again_with_the_same_ids(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        var answer = new TaskCompletionSource();
        receiver.Answer = async context =>
        {
            await answer.Task;
            await Receiver.Status(context, 204);
        };
        await network.SubscribeAsync(receiver.Url);
        await network.PostAsync(3);
        await receiver.ArrivedAsync(1);
        var release = new TaskCompletionSource();
        var blocked = await BlockCursorAsync(network, release.Task);

        answer.SetResult();
        await receiver.ArrivedAsync(3);
        await network.CrashAsync(beforeClosing: release.SetResult);
        await blocked;
        await network.StartAgainAsync();

        var ids = (await receiver.ArrivedAsync(6)).Select(delivery => delivery.Id).ToList();
        Assert.Equal(3, ids.Distinct().Count());
        Assert.Equal(ids[..3], ids[3..6]);
    }

    [Theory, EachEngine]
    public async Task A_stop_in_good_order_delivers_nothing_twice(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        var subscription = await network.SubscribeAsync(receiver.Url);
        await network.PostAsync(10);
        await network.StatusAsync(subscription, "position", 10);

        await network.StopAsync();
        await network.StartAgainAsync();
        await network.PostAsync();

        Assert.Equal(Enumerable.Range(1, 11).Select(i => (long)i), (await receiver.ArrivedAsync(11)).Select(delivery => delivery.Position));
    }

    [Theory, EachEngine]
    public async Task What_was_posted_while_nothing_ran_is_delivered_after_the_start(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = Receiver.Hang;
        await network.SubscribeAsync(receiver.Url);
        await network.PostAsync(5);
        await receiver.ArrivedAsync(1);
        await network.CrashAsync();

        receiver.Answer = context => Receiver.Status(context, 204);
        await network.StartAgainAsync();

        Assert.Equal([1L, 1L, 2L, 3L, 4L, 5L], (await receiver.ArrivedAsync(6)).Select(delivery => delivery.Position));
    }

    [Theory, EachEngine]
    public async Task A_restart_remembers_the_back_off(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = context => Receiver.Status(context, 500);
        var subscription = await network.SubscribeAsync(receiver.Url);
        await network.PostAsync();
        await network.AdvanceToNextAttemptAsync(subscription, failures: 1);
        var before = await network.StatusAsync(subscription, "failures", 2);
        await network.StopAsync();
        await network.StartAgainAsync();

        await using var probe = await Receiver.StartAsync();
        await network.SubscribeAsync(probe.Url);
        await network.PostAsync();
        await probe.ArrivedAsync(1);
        var after = await network.StatusAsync(subscription);
        Assert.Equal(2, receiver.Deliveries.Count);
        Assert.Equal(2, (long)after["failures"]!);
        Assert.Equal((string?)before["nextAttemptAt"], (string?)after["nextAttemptAt"]);

        receiver.Answer = context => Receiver.Status(context, 204);
        await network.AdvanceToNextAttemptAsync(subscription, failures: 2);
        Assert.Equal([1L, 1L, 1L, 2L], (await receiver.ArrivedAsync(4)).Select(delivery => delivery.Position));
    }

    /// <summary>Keeps the endpoints' rows locked, so that no progress can be stored, until told.</summary>
    private static async Task<Task> BlockCursorAsync(TestNetwork network, Task release)
    {
        var locked = new TaskCompletionSource();
        var database = network.Services.GetRequiredService<Database>();
        var blocked = Task.Run(() => database.WriteAsync(async transaction =>
        {
            await transaction.Connection!.ExecuteAsync("UPDATE webhook_endpoint SET url = url", transaction: transaction);
            locked.SetResult();
            await release;
        }));
        await Task.WhenAny(locked.Task, blocked);
        return blocked;
    }
}
