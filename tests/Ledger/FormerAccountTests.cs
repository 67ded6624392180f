using System.Net;
using System.Text.Json.Nodes;
using Rally.Ledger.Coins;
using Rally.Ledger.Prices;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests;

/// <summary>What somebody holds, asked as at the former Rally.</summary>
public sealed class FormerAccountTests
{
    [Theory, EachEngine]
    public async Task Balances_are_told_with_their_worth(Engine engine)
    {
        await using var api = await TestApi.StartAsync(engine, options => options.UsdPrice.Fixed = "0.0112");
        await api.LaunchOnCurveAsync("PTM");
        await api.LaunchOnCurveAsync("KSK");
        var creator = await api.LaunchAsync("FIX", 5);
        var fan = await api.FanWithRlyAsync(10_000);
        var token = TestApi.Token(fan, "trades:make", "balances:read");
        await api.PostAsync("/api/trades", TestApi.Trade(fan, "buy", "PTM", coins: "12345"), token);
        await api.PostAsync("/api/trades", TestApi.Trade(fan, "buy", "KSK", coins: "0.000001"), token);
        await api.PostAsync("/api/transfers", TestApi.Transfer(creator, fan, "FIX", "1.5"), TestApi.Token(creator, "transfers:send"));

        var balances = (await api.GetAsync($"/v1/users/rally/{fan:N}/balance", token)).Body!.AsArray();

        Assert.Equal(["FIX", "KSK", "PTM", "RLY"], balances.Select(balance => (string?)balance!["coinKind"]));
        Assert.Equal("""{"coinKind":"FIX","coinBalance":1.5,"estimatedInUsd":null}""", balances[0]!.ToJsonString());
        Assert.Equal("""{"coinKind":"KSK","coinBalance":0.000001,"estimatedInUsd":0}""", balances[1]!.ToJsonString());
        // 12,345 coins at 0.026195 RLY at 0.0112 dollars are 3.62182548, rounded down.
        Assert.Equal("""{"coinKind":"PTM","coinBalance":12345,"estimatedInUsd":3.621825}""", balances[2]!.ToJsonString());
        Assert.Equal(balances.ToJsonString(), (await api.GetAsync($"/v1/users/rally/{fan:D}/balance", token)).Body!.ToJsonString());
    }

    [Fact]
    public async Task Nothing_is_estimated_at_a_stale_price()
    {
        var clock = new FakeClock();
        await using var api = await TestApi.StartAsync(Engine.Sqlite, options => (options.UsdPrice.FeedUrl, options.UsdPrice.JsonPointer) = ("http://127.0.0.1:9/", "/usd"), clock);
        var fan = await api.FanWithRlyAsync(2);
        Assert.True(UsdRate.TryParse("0.5", out var rate));
        api.Inside<UsdPrice>().Set(rate, clock.GetUtcNow());
        async Task<string> BalanceAsync() => (await api.GetAsync($"/v1/users/rally/{fan}/balance", TestApi.Token(fan, "balances:read"))).Body!.ToJsonString();
        Assert.Equal("""[{"coinKind":"RLY","coinBalance":2,"estimatedInUsd":1}]""", await BalanceAsync());

        clock.Jump(TimeSpan.FromDays(2));

        Assert.Equal("""[{"coinKind":"RLY","coinBalance":2,"estimatedInUsd":null}]""", await BalanceAsync());
    }

    [Theory, EachEngine]
    public async Task Limits_say_what_is_left_to_sell_and_send(Engine engine)
    {
        var clock = new FakeClock();
        await using var api = await TestApi.StartAsync(engine, clock: clock);
        await api.LaunchAsync("FIX", 5);
        await api.LaunchOnCurveAsync("PTM");
        var fan = await api.FanWithRlyAsync(10_000);
        var token = TestApi.Token(fan, "trades:make", "balances:read", "transfers:send");
        await api.PostAsync("/api/trades", TestApi.Trade(fan, "buy", coins: "1000"), token);
        var before = (await api.GetAsync($"/v1/users/rally/{fan}/flow_control_limits/ptm", token)).Body!;
        await api.PostAsync("/api/transfers", TestApi.Transfer(fan, amount: "1"), token);
        var after = (await api.GetAsync($"/v1/users/rally/{fan}/flow_control_limits/PTM", token)).Body!;

        Assert.Equal("PTM", (string?)before["coinKind"]);
        Assert.Equal((decimal)before["limit"]!, (decimal)before["remainingToSell"]!);
        Assert.Equal((decimal)before["remainingToSend"]! - 1, (decimal)after["remainingToSend"]!);
        Assert.Equal((decimal)after["remainingToSend"]!, (decimal)after["remainingToSell"]!);
        Assert.NotNull(after["fullAt"]);
        Assert.Equal(
            """{"coinKind":"FIX","remainingToSell":null,"remainingToSend":null,"limit":null,"fullAt":null}""",
            (await api.GetAsync($"/v1/users/rally/{fan}/flow_control_limits/FIX", token)).Body!.ToJsonString());
        Assert.Equal("No coin has the symbol 'NOPE'.", (string?)(await api.GetAsync($"/v1/users/rally/{fan}/flow_control_limits/NOPE", token)).Body!["errorMessage"]);
    }

    [Fact]
    public async Task Others_are_not_told_and_every_refusal_has_a_message()
    {
        await using var api = await TestApi.StartAsync(Engine.Sqlite);
        await api.LaunchOnCurveAsync("PTM");
        var (fan, other) = (await api.FanWithRlyAsync(1), Guid.NewGuid());
        foreach (var what in new[] { "balance", "flow_control_limits/PTM" })
        {
            foreach (var (token, id, status) in new[]
            {
                (null, $"{fan}", HttpStatusCode.Unauthorized),
                (TestApi.Token(other, "balances:read"), $"{fan}", HttpStatusCode.Forbidden),
                (TestApi.Token(fan, "trades:make"), $"{fan}", HttpStatusCode.Forbidden),
                (TestApi.Token(fan, "balances:read"), "me", HttpStatusCode.BadRequest),
            })
            {
                var refused = await api.GetAsync($"/v1/users/rally/{id}/{what}", token);
                Assert.Equal(status, refused.Status);
                Assert.NotEmpty((string)refused.Body!["errorMessage"]!);
            }
        }
    }

    [Theory, EachEngine]
    public async Task A_wallet_is_the_accounts_and_there_are_no_nfts(Engine engine)
    {
        await using var api = await TestApi.StartAsync(engine);
        await api.LaunchOnCurveAsync("PTM");
        var fan = await api.FanWithRlyAsync(1);
        var token = TestApi.Token(fan, "trades:make", "balances:read");
        await api.PostAsync("/api/trades", TestApi.Trade(fan, "buy", coins: "2.5"), token);

        var all = (await api.GetAsync($"/api/rally-network-wallets/{fan:N}/balance", token)).Body!.AsArray();
        var found = (await api.GetAsync($"/api/rally-network-wallets/{fan}/balance?symbolSearch=pt", token)).Body!;

        Assert.Equal("""[{"currencyType":"CREATOR_COIN","currency":"PTM","amount":2500000,"scale":6}]""", found.ToJsonString());
        Assert.Equal(["CREATOR_COIN", "RLY"], all.Select(balance => (string?)balance!["currencyType"]));
        Assert.Equal(HttpStatusCode.Forbidden, (await api.GetAsync($"/api/rally-network-wallets/{fan}/balance", TestApi.Token(Guid.NewGuid(), "balances:read"))).Status);
        foreach (var list in new[] { "/api/nft-templates?creatorCoinSymbol=PTM", $"/api/nfts?rallyNetworkWalletId={fan}" })
            Assert.Empty(Assert.IsType<JsonArray>((await api.GetAsync(list)).Body));
        Assert.Equal("urn:rally:unknown-nft", (await api.GetAsync("/api/nfts/7")).Type);
    }
}
