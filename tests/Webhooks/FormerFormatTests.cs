using System.Text;
using System.Text.Json.Nodes;
using Rally.Storage;
using Rally.Testing;
using Rally.Webhooks.Signing;
using Rally.Webhooks.Tests.Setup;
using Xunit;

namespace Rally.Webhooks.Tests;

/// <summary>The shapes of the former Rally's webhooks, as programs made for those read them.</summary>
public sealed class FormerFormatTests
{
    private static readonly string[] Events = ["purchase", "redemption", "convert", "donation", "transfer"];

    [Theory, EachEngine]
    public async Task Bodies_have_the_former_shapes_and_are_signed(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine, usdPrice: "2");
        await using var receiver = await Receiver.StartAsync();
        var creator = await network.LaunchOnCurveAsync("PTM");
        await network.LaunchOnCurveAsync("KSK");
        var fan = await network.FundAsync(10_000);
        await network.PricedAsync();
        var subscription = await network.SubscribeAsync(new { url = receiver.Url, events = Events, format = "rally-v1", coins = new[] { "KSK", "PTM" } });
        Assert.Equal("rally-v1", (string?)(await network.StatusAsync(subscription))["format"]);

        await network.TradeAsync(fan, "buy", "PTM", "2000.5");
        await network.TradeAsync(fan, "sell", "PTM", "100");
        await network.TradeAsync(fan, "convert", "PTM", "500", to: "KSK");
        await network.SendAsync(fan, creator, "PTM", "1.25");
        await network.SendAsync(fan, Guid.NewGuid(), "PTM", "2");

        var deliveries = await receiver.ArrivedAsync(5);
        var bodies = deliveries.Select(delivery => JsonNode.Parse(delivery.Body)!.AsObject()).ToList();
        Assert.Equal(Events, bodies.Select(body => (string?)body["event"]));
        Assert.All(bodies, body => Assert.Equal(["event", "coinKind", "data"], body.Select(member => member.Key)));
        Assert.All(bodies, body => Assert.Equal("PTM", (string?)body["coinKind"]));
        string[][] members =
        [
            ["createdDate", "showUsername", "username", "amountOfCoin", "costInUSCents", "memo", "showMemo"],
            ["createdDate", "showUsername", "username", "amountOfCoin", "totalFees", "withdrawFee", "estimatedAmountInUSCents"],
            ["createdDate", "showUsername", "username", "fromAmount", "fromCoinKind", "toAmount", "toCoinKind", "valueInUSCents"],
            ["createdDate", "showUsername", "username", "fromUsername", "amountOfCoin", "costInUSCents", "memo", "showMemo"],
            ["createdDate", "showUsername", "username", "fromUsername", "amountOfCoin", "costInUSCents", "memo", "showMemo"],
        ];
        Assert.Equal(members, bodies.Select(body => body["data"]!.AsObject().Select(member => member.Key).ToArray()));
        Assert.Equal("2000.5", bodies[0]["data"]!["amountOfCoin"]!.ToJsonString());
        Assert.Equal("1.25", bodies[3]["data"]!["amountOfCoin"]!.ToJsonString());
        Assert.All(deliveries, delivery => Assert.True(WebhookSignature.Verify(
            [WebhookSecret.Parse(subscription.Secret)], delivery.Id, delivery.Timestamp, delivery.Body, delivery.Signature)));
        // 1.25 PTM at some 0.0123 RLY of two dollars each.
        Assert.Equal(3, (long)bodies[3]["data"]!["costInUSCents"]!);
    }

    [Theory, EachEngine]
    public async Task Only_the_former_events_are_in_that_format_and_the_format_stays(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        foreach (var asked in new object[]
        {
            new { url = receiver.Url, events = new[] { "transfer.posted" }, format = "rally-v1" },
            new { url = receiver.Url, events = new[] { "purchase" }, format = "rally-v3" },
        })
        {
            var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => network.SubscribeAsync(asked));
            Assert.Contains("UnprocessableEntity", refused.Message, StringComparison.Ordinal);
        }

        var subscription = await network.SubscribeAsync(new { url = receiver.Url, events = new[] { "purchase" }, format = "rally-v1" });
        await Assert.ThrowsAsync<HttpRequestException>(() => network.PatchAsync(subscription, new { events = new[] { "transfer.posted" } }));
        await network.DoAsync(subscription, "test", new { });
        Assert.StartsWith("""{"event":"test","coinKind":null,"data":{"createdDate":""", Encoding.UTF8.GetString((await receiver.ArrivedAsync(1))[0].Body), StringComparison.Ordinal);
    }
}
