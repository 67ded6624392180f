using System.Text;
using System.Text.Json.Nodes;
using Rally.Storage;
using Rally.Testing;
using Rally.Webhooks.Signing;
using Rally.Webhooks.Tests.Setup;
using Xunit;

namespace Rally.Webhooks.Tests;

public sealed class DeliveryTests
{
    [Theory, EachEngine]
    public async Task A_transfer_arrives_signed_in_the_shape_of_the_contract(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        var subscription = await network.SubscribeAsync(receiver.Url);

        await network.LaunchAsync("PTM");

        var delivery = (await receiver.ArrivedAsync(1))[0];
        Assert.Equal("/hook", delivery.Path);
        Assert.Equal($"msg_{subscription.Id:N}_1", delivery.Id);
        Assert.Equal(network.Clock.GetUtcNow().ToUnixTimeSeconds(), delivery.Timestamp);
        Assert.True(WebhookSignature.Verify(
            [WebhookSecret.Parse(subscription.Secret)], delivery.Id, delivery.Timestamp, delivery.Body, delivery.Signature));
        var body = JsonNode.Parse(delivery.Body)!;
        Assert.Equal("transfer.posted", (string?)body["type"]);
        Assert.Equal(network.Clock.GetUtcNow().ToUnixTimeSeconds(), body["timestamp"]!.GetValue<DateTimeOffset>().ToUnixTimeSeconds());
        var data = body["data"]!.AsObject();
        Assert.Equal(
            ["position", "id", "coin", "kind", "from", "to", "amount", "postedAt"], data.Select(field => field.Key));
        Assert.Equal(("PTM", "issue", "100"), ((string?)data["coin"], (string?)data["kind"], (string?)data["amount"]));
        Assert.Null(data["from"]);
        Assert.True(Guid.TryParseExact((string?)data["to"], "D", out _), Encoding.UTF8.GetString(delivery.Body));
    }

    [Theory, EachEngine]
    public async Task Events_arrive_in_the_order_of_the_log(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        var subscription = await network.SubscribeAsync(receiver.Url);

        await network.PostAsync(60);

        Assert.Equal(Enumerable.Range(1, 60).Select(i => (long)i), (await receiver.ArrivedAsync(60)).Select(delivery => delivery.Position));
        var status = await network.StatusAsync(subscription, "position", 60);
        Assert.Equal(0, (long)status["lag"]!);
    }

    [Theory, EachEngine]
    public async Task Coins_that_were_not_asked_for_are_passed_over(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        var subscription = await network.SubscribeAsync(receiver.Url, coins: ["allie"]);

        await network.LaunchAsync("PTM");
        await network.LaunchAsync("ALLIE");
        await network.LaunchAsync("KSK");

        await network.StatusAsync(subscription, "position", 3);
        Assert.Equal([2L], receiver.Deliveries.Select(delivery => delivery.Position));
    }

    [Theory, EachEngine]
    public async Task A_new_endpoint_begins_after_the_logs_end_or_where_it_says(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var fromNow = await Receiver.StartAsync();
        await using var fromStart = await Receiver.StartAsync();
        await network.PostAsync(3);

        await network.SubscribeAsync(fromNow.Url);
        await network.SubscribeAsync(fromStart.Url, after: 1);
        await network.PostAsync();

        Assert.Equal([4L], (await fromNow.ArrivedAsync(1)).Select(delivery => delivery.Position));
        Assert.Equal([2L, 3L, 4L], (await fromStart.ArrivedAsync(3)).Select(delivery => delivery.Position));
    }

    [Theory, EachEngine]
    public async Task Endpoints_that_hang_do_not_delay_another(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var hanging = await Receiver.StartAsync();
        await using var healthy = await Receiver.StartAsync();
        hanging.Answer = Receiver.Hang;
        for (var i = 0; i < 20; i++)
            await network.SubscribeAsync(hanging.Url);
        await network.SubscribeAsync(healthy.Url);

        await network.PostAsync(30);

        Assert.Equal(30, (await healthy.ArrivedAsync(30)).Count);
        Assert.Equal(20, (await hanging.ArrivedAsync(20)).Count);
    }

    [Theory, EachEngine]
    public async Task Failing_endpoints_in_any_number_leave_the_healthy_ones_their_places(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine, options =>
        {
            options.AllowPrivateAddresses = true;
            options.ConcurrentDeliveries = 1;
            options.ConcurrentRetries = 1;
        });
        await using var failing = await Receiver.StartAsync();
        await using var healthy = await Receiver.StartAsync();
        failing.Answer = context => Receiver.Status(context, 500);
        var subscription = await network.SubscribeAsync(failing.Url);
        await network.PostAsync();
        await network.StatusAsync(subscription, "failures", 1);

        failing.Answer = Receiver.Hang;
        await network.SubscribeAsync(healthy.Url);
        await network.AdvanceToNextAttemptAsync(subscription, failures: 1);
        await failing.ArrivedAsync(2);
        await network.PostAsync(5);

        Assert.Equal(5, (await healthy.ArrivedAsync(5)).Count);
    }
}
