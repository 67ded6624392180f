using System.Net;
using System.Text.Json.Nodes;
using Rally.Ledger.Coins;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests;

public sealed class CoinApiTests
{
    [Theory, EachEngine]
    public async Task Coins_are_public(Engine engine)
    {
        await using var api = await TestApi.StartAsync(engine);
        var creator = await api.LaunchAsync("PTM", 1_000);
        await api.LaunchAsync("ALLIE", 5);

        var list = (await api.GetAsync("/api/coins")).Body!["coins"]!.AsArray();
        var coin = await api.GetAsync("/api/coins/ptm");

        Assert.Equal(["ALLIE", "PTM"], list.Select(each => (string?)each!["symbol"]));
        Assert.True(JsonNode.DeepEquals(list[1], coin.Body));
        Assert.Equal(
            ("PTM", "The PTM", creator.ToString(), "1000", "fixed"),
            ((string?)coin.Body!["symbol"], (string?)coin.Body["name"], (string?)coin.Body["creator"], (string?)coin.Body["supply"], (string?)coin.Body["curve"]));
    }

    [Theory, EachEngine]
    public async Task A_coin_shows_its_terms_how_much_of_it_there_is_and_its_price(Engine engine)
    {
        await using var api = await TestApi.StartAsync(engine);
        var creator = await api.LaunchOnCurveAsync("PTM", CoinTerms.Linear with { BetweenPurchases = TimeSpan.FromHours(36), PurchaseControlFor = TimeSpan.FromDays(7) });
        var fan = await api.FanWithRlyAsync(5_000);
        await api.PostAsync("/api/trades", TestApi.Trade(fan, "buy", coins: "1000"), TestApi.Token(fan, "trades:make"));

        var coin = (await api.GetAsync("/api/coins/PTM")).Body!;
        var rly = (await api.GetAsync("/api/coins/rly")).Body!;

        Assert.Equal(
            ("linear", creator, "https://example.org/PTM.png", true, false),
            ((string?)coin["curve"], (Guid?)coin["creator"], (string?)coin["image"], (bool?)coin["rewards"], (bool?)coin["suspended"]));
        Assert.Equal(
            ("5001000", "51000", "4950000"), ((string?)coin["supply"], (string?)coin["circulating"], (string?)coin["locked"]));
        // 20.99 / 16,000,000 * 1,000^2 / 2 + 0.01 * 1,000, and 0.01 + 20.99 / 16,000,000 * 1,000.
        Assert.Equal(("10.655938", "0.011311", null), ((string?)coin["backing"], (string?)coin["price"]!["rly"], coin["price"]!["usd"]));
        Assert.Equal(
            """{"genesis":"5000000","unlockedAtOnce":"50000","monthlyUnlockBasisPoints":300,"largestVestedBasisPoints":3000,"flowBasisPoints":500,"largestPurchase":"0","betweenPurchases":"P1DT12H","purchaseControlFor":"P7D","paysCreatorFee":true}""",
            coin["terms"]!.ToJsonString());
        Assert.Equal(
            ("base", null, "5000", "5000", "0", null, "1"),
            ((string?)rly["curve"], rly["creator"], (string?)rly["supply"], (string?)rly["circulating"], (string?)rly["locked"], rly["backing"], (string?)rly["price"]!["rly"]));
        await api.SuspendAsync("PTM");
        Assert.True((bool?)(await api.GetAsync("/api/coins/PTM")).Body!["suspended"]);
    }

    [Theory, EachEngine]
    public async Task Coins_are_paged_by_symbol(Engine engine)
    {
        await using var api = await TestApi.StartAsync(engine);
        foreach (var symbol in new[] { "CCC", "AAA", "BBB" })
            await api.LaunchAsync(symbol, 1);

        var first = (await api.GetAsync("/api/coins?limit=2")).Body!;
        var second = (await api.GetAsync($"/api/coins?limit=2&after={first["next"]}")).Body!;

        Assert.Equal(["AAA", "BBB"], first["coins"]!.AsArray().Select(coin => (string?)coin!["symbol"]));
        Assert.Equal(["CCC"], second["coins"]!.AsArray().Select(coin => (string?)coin!["symbol"]));
        Assert.False(second.AsObject().ContainsKey("next"));
        foreach (var query in new[] { "limit=0", "limit=1001", "after=not-a-symbol" })
            Assert.Equal("urn:rally:invalid-request", (await api.GetAsync("/api/coins?" + query)).Type);
    }

    [Theory]
    [InlineData("/api/coins/NOPE"), InlineData("/api/coins/not-a-symbol"), InlineData("/api/coins/NOPE/holders")]
    public async Task A_coin_that_is_not_there_is_not_found(string path)
    {
        await using var api = await TestApi.StartAsync(Engine.Sqlite);

        var absent = await api.GetAsync(path);

        Assert.Equal((HttpStatusCode.NotFound, "urn:rally:unknown-coin"), (absent.Status, absent.Type));
    }

    [Theory, EachEngine]
    public async Task Holders_are_paged_without_those_who_have_nothing_left(Engine engine)
    {
        await using var api = await TestApi.StartAsync(engine);
        var creator = await api.LaunchAsync("PTM", 1_000);
        await api.LaunchAsync("KSK", 1_000);
        var fans = Enumerable.Range(0, 5).Select(_ => Guid.NewGuid()).ToList();
        foreach (var fan in fans)
            await SendAsync(api, creator, fan, "10");
        await SendAsync(api, fans[0], fans[1], "10");

        var seen = new Dictionary<Guid, string>();
        var pages = 0;
        for (var next = ""; next is not null; pages++)
        {
            var page = (await api.GetAsync("/api/coins/PTM/holders?limit=2" + next)).Body!;
            foreach (var holding in page["holders"]!.AsArray())
                seen.Add((Guid)holding!["holder"]!, (string)holding["balance"]!);
            next = page["next"] is { } key ? "&after=" + key : null;
        }

        Assert.Equal(3, pages);
        var expected = fans.Skip(1).ToDictionary(fan => fan, fan => fan == fans[1] ? "20" : "10");
        expected.Add(creator, "950");
        Assert.Equal(expected.OrderBy(each => each.Key), seen.OrderBy(each => each.Key));
        Assert.Equal(HttpStatusCode.BadRequest, (await api.GetAsync("/api/coins/PTM/holders?after=x")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await api.GetAsync("/api/coins/PTM/holders?limit=1001")).Status);
    }

    [Theory, EachEngine]
    public async Task Balances_are_for_those_the_account_allows(Engine engine)
    {
        await using var api = await TestApi.StartAsync(engine);
        var creator = await api.LaunchAsync("PTM", 1_000);
        var fan = Guid.NewGuid();
        await SendAsync(api, creator, fan, "0.000001");
        var path = $"/api/accounts/{fan}/balances";

        var own = await api.GetAsync(path, TestApi.Token(fan, "balances:read"));
        var stranger = await api.GetAsync($"/api/accounts/{Guid.Empty:N}/balances", TestApi.Token(Guid.Empty, "balances:read"));

        Assert.Equal("""{"position":2,"balances":[{"coin":"PTM","amount":"0.000001"}]}""", own.Body!.ToJsonString());
        Assert.Equal("""{"position":2,"balances":[]}""", stranger.Body!.ToJsonString());
        Assert.Equal(HttpStatusCode.Unauthorized, (await api.GetAsync(path)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await api.GetAsync(path, TestApi.Token(fan, "transfers:send"))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await api.GetAsync(path, TestApi.Token(creator, "balances:read"))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await api.GetAsync("/api/accounts/me/balances", TestApi.Token(fan, "balances:read"))).Status);
    }

    private static async Task SendAsync(TestApi api, Guid from, Guid to, string amount)
    {
        var sent = await api.PostAsync("/api/transfers", TestApi.Transfer(from, to, amount: amount), TestApi.Token(from, "transfers:send"));
        Assert.Equal(HttpStatusCode.Created, sent.Status);
    }
}
