using System.Text;
using System.Text.Json.Nodes;
using Rally.Ledger.Amounts;
using Rally.Storage;
using Rally.Testing;
using Rally.Webhooks.Tests.Setup;
using Xunit;

namespace Rally.Webhooks.Tests;

public sealed class CoinEventTests
{
    private static readonly string[] All = ["transfer.posted", "purchase", "redemption", "convert", "donation", "transfer"];
    private static readonly string[] Typed = All[1..];

    [Theory, EachEngine]
    public async Task A_trade_is_one_event_with_the_figures_of_its_answer(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine, usdPrice: "0.5");
        await using var receiver = await Receiver.StartAsync();
        await network.LaunchOnCurveAsync("PTM");
        await network.LaunchOnCurveAsync("KSK");
        var fan = await network.FundAsync(1_000);
        await network.PricedAsync();
        var subscription = await network.SubscribeAsync(new { url = receiver.Url, events = Typed });

        var bought = await network.TradeAsync(fan, "buy", "PTM", "2000");
        var sold = await network.TradeAsync(fan, "sell", "PTM", "100");
        var turned = await network.TradeAsync(fan, "convert", "PTM", "500", to: "KSK");

        var events = await receiver.ArrivedAsync(3);
        Assert.Equal(["purchase", "redemption", "convert"], events.Select(one => one.Type));
        Assert.Equal(events.Select(one => $"msg_{subscription.Id:N}_{one.Position}_{one.Type}"), events.Select(one => one.Id));
        AssertSame(bought, "rly", events[0].Data, "rly");
        AssertSame(bought, "coins", events[0].Data, "amount");
        AssertSame(bought, "priceAfter", events[0].Data, "price");
        AssertSame(bought, "id", events[0].Data, "id");
        Assert.Equal(fan, (Guid)events[0].Data["account"]!);
        Assert.Equal(Cents(events[0].Data["rly"]!), (long)events[0].Data["usdCents"]!);
        AssertSame(sold, "rly", events[1].Data, "rly");
        AssertSame(sold, "fee", events[1].Data, "fee");
        AssertSame(sold, "priceAfter", events[1].Data, "price");
        Assert.Equal(Cents(events[1].Data["rly"]!), (long)events[1].Data["usdCents"]!);
        Assert.Equal(("PTM", "KSK"), ((string?)events[2].Data["fromCoin"], (string?)events[2].Data["toCoin"]));
        AssertSame(turned, "rly", events[2].Data, "rly");
        AssertSame(turned["bought"]!, "coins", events[2].Data, "toAmount");
        AssertSame(turned["bought"]!, "priceAfter", events[2].Data, "toPrice");
    }

    [Theory, EachEngine]
    public async Task What_is_sent_is_a_donation_to_the_creator_and_a_transfer_to_anybody_else(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        var creator = await network.LaunchOnCurveAsync("PTM");
        var fan = await network.FundAsync(1_000);
        var friend = Guid.NewGuid();
        await network.TradeAsync(fan, "buy", "PTM", "2000");
        await network.SubscribeAsync(new { url = receiver.Url, events = Typed });

        await network.SendAsync(fan, friend, "PTM", "1.5", ("note", "for you"));
        await network.SendAsync(fan, creator, "PTM", "2");
        await network.SendAsync(fan, friend, "RLY", "3");

        var events = await receiver.ArrivedAsync(3);
        Assert.Equal(["transfer", "donation", "transfer"], events.Select(one => one.Type));
        Assert.Equal(["1.5", "2", "3"], events.Select(one => (string?)one.Data["amount"]));
        Assert.Equal([friend, creator, friend], events.Select(one => (Guid)one.Data["to"]!));
        Assert.All(events, one => Assert.Equal(fan, (Guid)one.Data["from"]!));
        // At the price that the purchase left, though no price of RLY was ever recorded.
        Assert.Equal(["0.012623", "0.012623", "1"], events.Select(one => (string?)one.Data["price"]));
        Assert.All(events, one => Assert.Null(one.Data["usdCents"]));
        Assert.DoesNotContain("for you", Encoding.UTF8.GetString(events[0].Body), StringComparison.Ordinal);
    }

    [Theory, EachEngine]
    public async Task A_pending_transfer_is_an_event_once_it_is_posted_and_its_senders(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        await network.LaunchOnCurveAsync("PTM");
        var (fan, friend) = (await network.FundAsync(1_000), Guid.NewGuid());
        await network.TradeAsync(fan, "buy", "PTM", "2000");
        await network.SubscribeAsync(new { url = receiver.Url, events = Typed });

        var expiry = network.Clock.GetUtcNow().AddDays(1).ToString("O");
        var pending = await network.SendAsync(fan, friend, "PTM", "5", ("expiresAt", expiry));
        var withdrawn = await network.SendAsync(fan, friend, "PTM", "6", ("expiresAt", expiry));
        await network.CallAsync($"/api/transfers/{withdrawn["id"]}/void", new() { ["id"] = Guid.CreateVersion7(DateTimeOffset.UnixEpoch) });
        await network.CallAsync($"/api/transfers/{pending["id"]}/post", new() { ["id"] = Guid.CreateVersion7(DateTimeOffset.UnixEpoch), ["amount"] = "4" });

        var sent = Assert.Single(await receiver.ArrivedAsync(1));
        Assert.Equal(("transfer", (string?)pending["id"], "4"), (sent.Type, (string?)sent.Data["id"], (string?)sent.Data["amount"]));
        Assert.Equal((fan, friend), ((Guid)sent.Data["from"]!, (Guid)sent.Data["to"]!));
    }

    [Theory, EachEngine]
    public async Task A_conversion_comes_once_to_who_wants_either_coin(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var ofGiven = await Receiver.StartAsync();
        await using var ofGot = await Receiver.StartAsync();
        await using var ofBoth = await Receiver.StartAsync();
        await using var ofOther = await Receiver.StartAsync();
        foreach (var symbol in new[] { "PTM", "KSK", "ALLIE" })
            await network.LaunchOnCurveAsync(symbol);
        var fan = await network.FundAsync(1_000);
        await network.SubscribeAsync(new { url = ofGiven.Url, events = Typed, coins = new[] { "PTM" } });
        await network.SubscribeAsync(new { url = ofGot.Url, events = Typed, coins = new[] { "KSK" } });
        await network.SubscribeAsync(new { url = ofBoth.Url, events = Typed, coins = new[] { "PTM", "KSK" } });
        var other = await network.SubscribeAsync(new { url = ofOther.Url, events = Typed, coins = new[] { "ALLIE" } });

        await network.TradeAsync(fan, "buy", "PTM", "2000");
        await network.TradeAsync(fan, "convert", "PTM", "500", to: "KSK");
        await network.TradeAsync(fan, "buy", "KSK", "1");

        Assert.Equal(["purchase", "convert"], (await ofGiven.ArrivedAsync(2)).Select(one => one.Type));
        Assert.Equal(["convert", "purchase"], (await ofGot.ArrivedAsync(2)).Select(one => one.Type));
        Assert.Equal(["purchase", "convert", "purchase"], (await ofBoth.ArrivedAsync(3)).Select(one => one.Type));
        await network.StatusAsync(other, "lag", 0);
        Assert.Empty(ofOther.Deliveries);
    }

    [Theory, EachEngine]
    public async Task An_entry_and_what_it_stands_for_come_in_turn_to_who_wants_both(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        await network.LaunchOnCurveAsync("PTM");
        var fan = await network.FundAsync(1_000);
        var subscription = await network.SubscribeAsync(new { url = receiver.Url, events = All, coins = new[] { "PTM" } });

        await network.TradeAsync(fan, "buy", "PTM", "2000");
        await network.TradeAsync(fan, "sell", "PTM", "1000");

        var events = await receiver.ArrivedAsync(4);
        Assert.Equal(["transfer.posted", "purchase", "transfer.posted", "redemption"], events.Select(one => one.Type));
        Assert.Equal(events[0].Position, events[1].Position);
        Assert.Equal($"msg_{subscription.Id:N}_{events[0].Position}", events[0].Id);
        Assert.Equal($"msg_{subscription.Id:N}_{events[0].Position}_purchase", events[1].Id);
    }

    private static void AssertSame(JsonNode of, string member, JsonObject data, string name) =>
        Assert.Equal((string?)of[member] ?? "missing", (string?)data[name]);

    private static long Cents(JsonNode rly)
    {
        Assert.True(Amount.TryParse((string)rly!, out var amount));
        return (long)Math.Round(amount.MinorUnits / 1_000_000m * 50, MidpointRounding.AwayFromZero);
    }
}
