using System.Net;
using System.Text.Json.Nodes;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests;

public sealed class TradeApiTests
{
    private const string Send = "transfers:send";
    private const string Make = "trades:make";

    [Theory, EachEngine]
    public async Task A_purchase_a_sale_and_a_conversion_come_to_what_was_quoted(Engine engine)
    {
        await using var api = await TestApi.StartAsync(engine);
        await api.LaunchOnCurveAsync("PTM");
        await api.LaunchOnCurveAsync("KSK");
        var fan = await api.FanWithRlyAsync(1_000_000);

        var bought = await TradedAsQuotedAsync(TestApi.Trade(fan, "buy", coins: "1000.5"));
        await TradedAsQuotedAsync(TestApi.Trade(fan, "buy", rly: "777.000001"));
        var sold = await TradedAsQuotedAsync(TestApi.Trade(fan, "sell", coins: "100.123456"));
        await TradedAsQuotedAsync(TestApi.Trade(fan, "sell", rly: "0.5"));
        var converted = await TradedAsQuotedAsync(TestApi.Trade(fan, "convert", coins: "50", to: "ksk"));

        // 1,000.5 coins of the linear curve from its start: m b^2 / 2 + 0.01 b, with m = 20.99 / 16,000,000, rounded up.
        Assert.Equal(("10.661594", "0", "10.661594"), ((string?)bought["rly"], (string?)bought["fee"], (string?)bought["netRly"]));
        Assert.NotEqual("0", (string?)sold["fee"]);
        Assert.Equal(Number(sold["rly"]), Number(sold["netRly"]) + Number(sold["fee"]));
        Assert.Equal("KSK", (string?)converted["bought"]!["coin"]);
        Assert.True(Number(converted["bought"]!["rly"]) <= Number(converted["netRly"]));
        Assert.Equal(["sell", "sell", "fee", "buy", "buy"], converted["transfers"]!.AsArray().Select(each => (string?)each!["kind"]));
        await api.CheckAsync();

        async Task<JsonNode> TradedAsQuotedAsync(JsonObject trade)
        {
            var query = string.Join('&', trade.Where(member => member.Key is "side" or "coins" or "rly" or "to").Select(member => $"{member.Key}={member.Value}"));
            var quote = await api.GetAsync($"/api/coins/{trade["coin"]}/quote?{query}");
            var made = await api.PostAsync("/api/trades", trade, TestApi.Token(fan, Make));
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Created), (quote.Status, made.Status));
            foreach (var (name, value) in quote.Body!.AsObject())
                Assert.True(JsonNode.DeepEquals(value, made.Body![name]), $"{name}: {value?.ToJsonString()} quoted, {made.Body[name]?.ToJsonString()} made");
            var price = (await api.GetAsync($"/api/coins/{trade["coin"]}")).Body!["price"]!["rly"];
            Assert.Equal((string?)price, (string?)made.Body!["priceAfter"]);
            return made.Body;
        }
    }

    [Theory, EachEngine]
    public async Task A_trade_is_made_once_and_told_again_whatever_the_price_is_by_then(Engine engine)
    {
        await using var api = await TestApi.StartAsync(engine);
        await api.LaunchOnCurveAsync("PTM");
        var fan = await api.FanWithRlyAsync(1_000);
        var trade = TestApi.Trade(fan, "buy", coins: "100", bound: "2");

        var made = await api.PostAsync("/api/trades", trade, TestApi.Token(fan, Make));
        await api.PostAsync("/api/trades", TestApi.Trade(fan, "buy", rly: "900"), TestApi.Token(fan, Make));
        var again = await api.PostAsync("/api/trades", trade, TestApi.Token(fan, Make));
        trade["coins"] = "101";
        var conflict = await api.PostAsync("/api/trades", trade, TestApi.Token(fan, Make));

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (made.Status, again.Status));
        Assert.True(JsonNode.DeepEquals(made.Body, again.Body));
        Assert.Equal((HttpStatusCode.Conflict, "urn:rally:id-conflict"), (conflict.Status, conflict.Type));
        var linked = await api.GetAsync(made.Location!, TestApi.Token(fan, "balances:read"));
        Assert.Equal(
            made.Body!["transfers"]!.AsArray().Select(each => (string?)each!["id"]),
            linked.Body!["transfers"]!.AsArray().Select(each => (string?)each!["id"]));
        Assert.Equal("100", (string?)made.Body["transfers"]![1]!["balanceAfter"]);
    }

    [Theory, EachEngine]
    public async Task What_cannot_be_traded_is_refused_with_its_type_and_so_is_the_quote(Engine engine)
    {
        await using var api = await TestApi.StartAsync(engine);
        var creator = await api.LaunchOnCurveAsync("PTM");
        await api.LaunchAsync("FIX", 1_000);
        var fan = await api.FanWithRlyAsync(1_000);
        await MadeAsync(TestApi.Trade(fan, "buy", coins: "100"));

        await RefusedAsync("urn:rally:sold-out", TestApi.Trade(fan, "buy", coins: "16000000"), "remaining", "15999900");
        await RefusedAsync("urn:rally:too-large", TestApi.Trade(fan, "sell", coins: "101"), "most", "100");
        await RefusedAsync("urn:rally:too-large", TestApi.Trade(fan, "sell", rly: "900"), "most");
        await RefusedAsync("urn:rally:too-small", TestApi.Trade(fan, "sell", coins: "0.000001"));
        await RefusedAsync("urn:rally:no-market", TestApi.Trade(fan, "buy", coins: "1", coin: "FIX"));
        await RefusedAsync("urn:rally:no-market", TestApi.Trade(fan, "sell", coins: "1", coin: "RLY"));
        await RefusedAsync("urn:rally:unknown-coin", TestApi.Trade(fan, "convert", coins: "1", to: "NOPE"));
        await RefusedAsync("urn:rally:invalid-amount", TestApi.Trade(fan, "buy", coins: "0"));
        await RefusedAsync("urn:rally:invalid-amount", TestApi.Trade(fan, "buy", rly: "-1"));
        await RefusedAsync("urn:rally:unknown-coin", TestApi.Trade(fan, "buy", coins: "1", coin: "NOPE"), quoteStatus: HttpStatusCode.NotFound);

        await TradeRefusedAsync("urn:rally:insufficient-funds", TestApi.Trade(fan, "buy", coins: "100000"), "available");
        await TradeRefusedAsync("urn:rally:beyond-bound", TestApi.Trade(fan, "buy", coins: "10", bound: "0.1"), "amount");
        await TradeRefusedAsync("urn:rally:beyond-bound", TestApi.Trade(fan, "buy", rly: "1", bound: "1000"), "amount");
        await TradeRefusedAsync("urn:rally:beyond-bound", TestApi.Trade(fan, "sell", coins: "1", bound: "1"), "amount");
        await TradeRefusedAsync("urn:rally:insufficient-funds", TestApi.Trade(creator, "buy", coins: "1"), "available", account: creator);
        await TradeRefusedAsync("urn:rally:invalid-amount", TestApi.Trade(fan, "buy", coins: "1", bound: "0"));
        await api.SuspendAsync("PTM");
        await RefusedAsync("urn:rally:coin-suspended", TestApi.Trade(fan, "buy", coins: "1"));
        await api.CheckAsync();

        async Task MadeAsync(JsonObject trade) =>
            Assert.Equal(HttpStatusCode.Created, (await api.PostAsync("/api/trades", trade, TestApi.Token(fan, Make))).Status);

        async Task TradeRefusedAsync(string type, JsonObject trade, string? member = null, string? value = null, Guid? account = null)
        {
            var refused = await api.PostAsync("/api/trades", trade, TestApi.Token(account ?? fan, Make));
            Assert.Equal((HttpStatusCode.UnprocessableEntity, type), (refused.Status, refused.Type));
            Assert.NotEmpty(refused.Detail!);
            if (member is not null)
                Assert.Equal(value ?? (string?)refused.Body![member], (string?)refused.Body![member]);
        }

        async Task RefusedAsync(string type, JsonObject trade, string? member = null, string? value = null, HttpStatusCode quoteStatus = HttpStatusCode.UnprocessableEntity)
        {
            await TradeRefusedAsync(type, trade, member, value);
            var query = string.Join('&', trade.Where(each => each.Key is "side" or "coins" or "rly" or "to").Select(each => $"{each.Key}={each.Value}"));
            var quote = await api.GetAsync($"/api/coins/{trade["coin"]}/quote?{query}");
            Assert.Equal((quoteStatus, type), (quote.Status, quote.Type));
        }
    }

    [Theory, EachEngine]
    public async Task Flow_control_and_purchase_control_are_told_before_they_refuse(Engine engine)
    {
        var clock = new FakeClock();
        await using var api = await TestApi.StartAsync(engine, clock: clock);
        await api.LaunchOnCurveAsync("PTM", CoinTerms.Linear with
        {
            LargestPurchase = Amount.Coins(1_000),
            BetweenPurchases = TimeSpan.FromHours(1),
            PurchaseControlFor = TimeSpan.FromDays(1),
        });
        var fan = await api.FanWithRlyAsync(1_000_000);
        var read = TestApi.Token(fan, "balances:read");
        var account = $"account={fan:N}";

        Assert.Equal("purchase-too-large", await TradeAsync(TestApi.Trade(fan, "buy", coins: "1000.000001")));
        Assert.Null(await TradeAsync(TestApi.Trade(fan, "buy", coins: "1000")));
        var waiting = (await api.GetAsync($"/api/coins/PTM/quote?side=buy&coins=1&{account}", read)).Body!;
        Assert.Equal("purchase-too-soon", await TradeAsync(TestApi.Trade(fan, "buy", coins: "1")));
        Assert.Equal(("1000", clock.GetUtcNow().AddHours(1)), ((string?)waiting["purchase"]!["largest"], (DateTimeOffset?)waiting["purchase"]!["next"]));
        Assert.Null(waiting["allowance"]);

        clock.Jump(TimeSpan.FromDays(1));
        Assert.Null(await TradeAsync(TestApi.Trade(fan, "buy", coins: "99000")));
        // 5 % of 50,000 unlocked and 100,000 bought coins.
        var before = await LimitsAsync();
        Assert.Equal("""{"limit":"7500","remaining":"7500","fullAt":null}""", before["sellAndSend"]!.ToJsonString());
        Assert.Equal("""{"largest":null,"next":null}""", before["purchase"]!.ToJsonString());
        Assert.Equal("over-allowance", await TradeAsync(TestApi.Trade(fan, "sell", coins: "7500.000001")));
        Assert.Null(await SendAsync("2500"));
        var selling = (await api.GetAsync($"/api/coins/PTM/quote?side=sell&coins=1&{account}", read)).Body!;
        Assert.Equal("5000", (string?)selling["allowance"]!["remaining"]);
        Assert.Null(selling["purchase"]);
        Assert.Equal("over-allowance", await SendAsync("5000.000001"));
        Assert.Null(await SendAsync("5000"));

        var used = await LimitsAsync();
        Assert.Equal(("0", clock.GetUtcNow().AddDays(30)), ((string?)used["sellAndSend"]!["remaining"], (DateTimeOffset?)used["sellAndSend"]!["fullAt"]));
        clock.Jump(TimeSpan.FromDays(15));
        Assert.Equal("3750", (string?)(await LimitsAsync())["sellAndSend"]!["remaining"]);
        clock.Jump((DateTimeOffset)used["sellAndSend"]!["fullAt"]! - clock.GetUtcNow());
        Assert.Equal("""{"limit":"7500","remaining":"7500","fullAt":null}""", (await LimitsAsync())["sellAndSend"]!.ToJsonString());

        async Task<string?> TradeAsync(JsonObject trade) =>
            (await api.PostAsync("/api/trades", trade, TestApi.Token(fan, Make))).Type?["urn:rally:".Length..];

        async Task<string?> SendAsync(string amount) =>
            (await api.PostAsync("/api/transfers", TestApi.Transfer(fan, amount: amount), TestApi.Token(fan, Send))).Type?["urn:rally:".Length..];

        async Task<JsonNode> LimitsAsync() => (await api.GetAsync($"/api/accounts/{fan}/limits/ptm", read)).Body!;
    }

    [Theory, EachEngine]
    public async Task Only_those_allowed_may_trade_or_see_an_accounts_limits(Engine engine)
    {
        await using var api = await TestApi.StartAsync(engine);
        await api.LaunchOnCurveAsync("PTM");
        var fan = await api.FanWithRlyAsync(10);
        var trade = TestApi.Trade(fan, "buy", coins: "1");

        Assert.Equal(HttpStatusCode.Unauthorized, (await api.PostAsync("/api/trades", trade)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await api.PostAsync("/api/trades", trade, TestApi.Token(fan, "balances:read", Send))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await api.PostAsync("/api/transfers", TestApi.Transfer(fan), TestApi.Token(fan, "balances:read", Make))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await api.PostAsync("/api/trades", trade, TestApi.Token(Guid.NewGuid(), Make))).Status);
        foreach (var path in new[] { $"/api/accounts/{fan}/limits/PTM", $"/api/coins/PTM/quote?side=buy&coins=1&account={fan}" })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await api.GetAsync(path)).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await api.GetAsync(path, TestApi.Token(fan, Send))).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await api.GetAsync(path, TestApi.Token(Guid.NewGuid(), "balances:read"))).Status);
            Assert.Equal(HttpStatusCode.OK, (await api.GetAsync(path, TestApi.Token(fan, "balances:read"))).Status);
        }

        var absent = await api.GetAsync($"/api/accounts/{fan}/limits/NOPE", TestApi.Token(fan, "balances:read"));
        Assert.Equal((HttpStatusCode.NotFound, "urn:rally:unknown-coin"), (absent.Status, absent.Type));
        Assert.Equal("10", (string?)(await api.GetAsync($"/api/accounts/{fan}/balances", TestApi.Token(fan, "balances:read"))).Body!["balances"]![0]!["amount"]);
    }

    private static Amount Number(JsonNode? node) => Amount.TryParse((string?)node, out var amount) ? amount : throw new FormatException($"{node}");
}
