using Microsoft.AspNetCore.Http;
using Rally.Storage;
using Rally.Testing;
using Rally.Webhooks.Deliveries;
using Rally.Webhooks.Signing;
using Rally.Webhooks.Tests.Setup;
using Xunit;

namespace Rally.Webhooks.Tests;

/// <summary>One place of the log that gives an endpoint two events, and what goes wrong between them.</summary>
public sealed class SamePlaceTests
{
    private static readonly string[] Both = ["transfer.posted", "purchase"];

    [Theory, EachEngine]
    public async Task A_failure_of_the_second_repeats_the_second_alone(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        var (subscription, fan) = await BeginAsync(network, receiver);
        receiver.Answer = context => Receiver.Status(context, IsPurchase(context) && receiver.Deliveries.Count < 3 ? 500 : 204);

        await network.TradeAsync(fan, "buy", "PTM", "1");
        await network.AdvanceToNextAttemptAsync(subscription, failures: 1);
        await network.TradeAsync(fan, "buy", "PTM", "2");

        var ids = (await receiver.ArrivedAsync(5)).Select(delivery => delivery.Id).ToList();
        Assert.Equal([Id(subscription, 5), Id(subscription, 5, "purchase"), Id(subscription, 5, "purchase"), Id(subscription, 7), Id(subscription, 7, "purchase")], ids);
    }

    [Theory, EachEngine]
    public async Task A_failure_of_the_first_keeps_the_second_waiting(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        var (subscription, fan) = await BeginAsync(network, receiver);
        receiver.Answer = context => Receiver.Status(context, receiver.Deliveries.Count < 2 ? 500 : 204);

        await network.TradeAsync(fan, "buy", "PTM", "1");
        await network.AdvanceToNextAttemptAsync(subscription, failures: 1);

        var ids = (await receiver.ArrivedAsync(3)).Select(delivery => delivery.Id).ToList();
        Assert.Equal([Id(subscription, 5), Id(subscription, 5), Id(subscription, 5, "purchase")], ids);
    }

    [Theory, EachEngine]
    public async Task A_restart_between_the_two_goes_on_with_the_second(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        var (subscription, fan) = await BeginAsync(network, receiver);
        receiver.Answer = context => IsPurchase(context) ? Receiver.Hang(context) : Receiver.Status(context, 204);
        await network.TradeAsync(fan, "buy", "PTM", "1");
        await receiver.ArrivedAsync(2);

        await network.StopAsync();
        receiver.Answer = context => Receiver.Status(context, 204);
        await network.StartAgainAsync();

        await network.StatusAsync(subscription, "position", 5);
        Assert.Equal(
            [Id(subscription, 5), Id(subscription, 5, "purchase"), Id(subscription, 5, "purchase")], receiver.Deliveries.Select(delivery => delivery.Id));
    }

    [Theory, EachEngine]
    public async Task Each_is_a_dead_letter_and_is_sent_again_by_its_type(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        var (subscription, fan) = await BeginAsync(network, receiver);
        receiver.Answer = context => Receiver.Status(context, IsPurchase(context) ? 500 : 204);
        await network.TradeAsync(fan, "buy", "PTM", "1");
        for (var failures = 1; failures < RetrySchedule.Attempts; failures++)
            await network.AdvanceToNextAttemptAsync(subscription, failures);

        await network.StatusAsync(subscription, "deadLetters", 1);
        var letter = Assert.Single((await network.ReadAsync(subscription, "dead-letters"))["deadLetters"]!.AsArray())!;
        Assert.Equal((5L, "purchase"), ((long)letter["position"]!, (string?)letter["type"]));
        receiver.Answer = context => Receiver.Status(context, 204);
        var refused = await network.DoAsync(subscription, "resend", new { position = 5 }, status: 422);
        Assert.Contains("transfer.posted, purchase", (string)refused["detail"]!, StringComparison.Ordinal);
        await network.DoAsync(subscription, "resend", new { position = 5, type = "redemption" }, status: 422);
        await network.DoAsync(subscription, "resend", new { position = 5, type = "transfer.posted" });
        await network.StatusAsync(subscription, "deadLetters", 1);
        var attempt = await network.DoAsync(subscription, "resend", new { position = 5, type = "purchase" });
        Assert.Equal((Id(subscription, 5, "purchase"), "purchase"), ((string?)attempt["messageId"], (string?)attempt["type"]));
        await network.StatusAsync(subscription, "deadLetters", 0);
    }

    [Theory, EachEngine]
    public async Task Recovery_repeats_both_from_between_the_two_as_well(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        var (subscription, fan) = await BeginAsync(network, receiver);
        receiver.Answer = context => Receiver.Status(context, IsPurchase(context) ? 500 : 204);
        await network.TradeAsync(fan, "buy", "PTM", "1");
        await network.StatusAsync(subscription, "failures", 1);

        receiver.Answer = context => Receiver.Status(context, 204);
        await network.DoAsync(subscription, "recover", new { after = 4 }, status: 202);

        await network.StatusAsync(subscription, "position", 5);
        Assert.Equal(
            [Id(subscription, 5), Id(subscription, 5, "purchase"), Id(subscription, 5), Id(subscription, 5, "purchase")],
            receiver.Deliveries.Select(delivery => delivery.Id));
    }

    private static bool IsPurchase(HttpContext context) =>
        context.Request.Headers[WebhookSignature.IdHeader].ToString().EndsWith("_purchase", StringComparison.Ordinal);

    private static string Id(Subscription subscription, long position, string? type = null) =>
        type is null ? $"msg_{subscription.Id:N}_{position}" : $"msg_{subscription.Id:N}_{position}_{type}";

    /// <summary>A coin and a fan; the first purchase is at positions 4 and 5, the coin's own entry at 5.</summary>
    private static async Task<(Subscription Subscription, Guid Fan)> BeginAsync(TestNetwork network, Receiver receiver)
    {
        await network.LaunchOnCurveAsync("PTM");
        var fan = await network.FundAsync(1_000);
        return (await network.SubscribeAsync(new { url = receiver.Url, events = Both, coins = new[] { "PTM" } }), fan);
    }
}
