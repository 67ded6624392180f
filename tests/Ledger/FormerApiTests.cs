using System.Net;
using Rally.Ledger.Prices;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests;

/// <summary>The former Rally's reads, in its own spelling.</summary>
public sealed class FormerApiTests
{
    [Theory, EachEngine]
    public async Task Coins_are_listed_as_they_were(Engine engine)
    {
        var clock = new FakeClock();
        await using var api = await TestApi.StartAsync(engine, clock: clock);
        var (fixedBy, curveBy) = (await api.LaunchAsync("FIX", 5), await api.LaunchOnCurveAsync("PTM"));

        var first = await api.GetAsync("/v1/creator_coins");
        var second = await api.GetAsync("/api/creator-coins");

        Assert.Equal(
            $$"""[{"coinSymbol":"FIX","coinName":"The FIX","coinImagePath":null,"rnbUserId":"{{fixedBy:N}}"},{"coinSymbol":"PTM","coinName":"The PTM","coinImagePath":"https://example.org/PTM.png","rnbUserId":"{{curveBy:N}}"}]""",
            first.Body!.ToJsonString());
        Assert.Equal(
            $$"""{"symbol":"PTM","name":"The PTM","creatorAccountId":"{{curveBy:N}}","imageUrl":"https://example.org/PTM.png","launchTimestamp":"2026-01-02T03:04:05+00:00"}""",
            second.Body![1]!.ToJsonString().Replace("\\u002B", "+", StringComparison.Ordinal));
        Assert.False(second.Headers.ContainsKey("last-evaluated-key"));
    }

    [Theory, EachEngine]
    public async Task Prices_are_exact_JSON_numbers_and_errors_carry_a_message(Engine engine)
    {
        await using var api = await TestApi.StartAsync(engine);
        await api.LaunchAsync("FIX", 5);
        await api.LaunchOnCurveAsync("PTM");
        var fan = await api.FanWithRlyAsync(10_000);
        await api.PostAsync("/api/trades", TestApi.Trade(fan, "buy", coins: "12345"), TestApi.Token(fan, "trades:make"));

        // 0.01 + 20.99 / 16,000,000 * 12,345, rounded down.
        Assert.Equal("""{"symbol":"PTM","priceInUSD":null,"priceInRLY":0.026195}""", (await api.GetAsync("/v1/creator_coins/ptm/price")).Body!.ToJsonString());
        Assert.Equal("""{"symbol":"RLY","priceInUSD":null,"priceInRLY":1}""", (await api.GetAsync("/v1/creator_coins/RLY/price")).Body!.ToJsonString());
        Assert.Equal("""{"symbol":"FIX","priceInUSD":null,"priceInRLY":null}""", (await api.GetAsync("/v1/creator_coins/FIX/price")).Body!.ToJsonString());
        foreach (var symbol in new[] { "NOPE", "not-a-symbol" })
        {
            var absent = await api.GetAsync($"/v1/creator_coins/{symbol}/price");
            Assert.Equal((HttpStatusCode.NotFound, $"No coin has the symbol '{symbol}'."), (absent.Status, (string?)absent.Body!["errorMessage"]));
        }
    }

    [Theory, EachEngine]
    public async Task The_second_list_is_paged_by_the_header_it_had(Engine engine)
    {
        await using var api = await TestApi.StartAsync(engine);
        foreach (var symbol in new[] { "AAA", "BBB", "CCC", "DDD" })
            await api.LaunchAsync(symbol, 1);

        var seen = new List<string?>();
        var pages = 0;
        for (var key = ""; key is not null; pages++)
        {
            var page = await api.GetAsync("/api/creator-coins?size=2" + key);
            seen.AddRange(page.Body!.AsArray().Select(coin => (string?)coin!["symbol"]));
            key = page.Headers.TryGetValue("last-evaluated-key", out var next) ? "&startKey=" + next : null;
        }

        Assert.Equal(2, pages);
        Assert.Equal(["AAA", "BBB", "CCC", "DDD"], seen);
        foreach (var query in new[] { "size=0", "size=1001", "size=x", "startKey=not-a-symbol" })
            Assert.Equal("urn:rally:invalid-request", (await api.GetAsync("/api/creator-coins?" + query)).Type);
    }

    [Fact]
    public async Task The_first_list_is_all_coins_and_can_be_asked_for_in_pages()
    {
        await using var api = await TestApi.StartAsync(Engine.Sqlite);
        foreach (var symbol in new[] { "AAA", "BBB", "CCC" })
            await api.LaunchAsync(symbol, 1);

        var all = await api.GetAsync("/v1/creator_coins");
        var first = await api.GetAsync("/v1/creator_coins?size=2");
        var second = await api.GetAsync($"/v1/creator_coins?size=2&startKey={first.Headers["last-evaluated-key"]}");
        var wrong = await api.GetAsync("/v1/creator_coins?size=x");

        Assert.Equal((3, 2, 1), (all.Body!.AsArray().Count, first.Body!.AsArray().Count, second.Body!.AsArray().Count));
        Assert.False(second.Headers.ContainsKey("last-evaluated-key"));
        Assert.Contains("'size'", (string?)wrong.Body!["errorMessage"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rewards_are_nothing_and_what_is_not_served_carries_a_message()
    {
        await using var api = await TestApi.StartAsync(Engine.Sqlite);
        await api.LaunchAsync("PTM", 1);

        Assert.Equal("""{"last24HourEarned":0,"weeklyAccumulatedReward":0}""", (await api.GetAsync("/v1/creator_coins/ptm/rewards")).Body!.ToJsonString());
        Assert.Equal("[]", (await api.GetAsync("/v1/creator_coins/PTM/historical_rewards")).Body!.ToJsonString());
        foreach (var (path, named) in new[] { ("creator_coins/NOPE/rewards", "NOPE"), ("creator_coins/NOPE/historical_rewards", "NOPE"), ("creator_coins/PTM/else", "/v1/creator_coins/PTM/else"), ("no/such", "/v1/no/such") })
        {
            var absent = await api.GetAsync("/v1/" + path);
            Assert.Equal(HttpStatusCode.NotFound, absent.Status);
            Assert.Contains(named, (string?)absent.Body!["errorMessage"], StringComparison.Ordinal);
        }
    }

    [Theory, EachEngine]
    public async Task Prices_in_dollars_say_when_they_are_from_and_a_stale_one_is_none_to_the_first_API(Engine engine)
    {
        var clock = new FakeClock();
        await using var api = await TestApi.StartAsync(
            engine, options => (options.UsdPrice.FeedUrl, options.UsdPrice.JsonPointer) = ("http://127.0.0.1:1/nobody", "/usd"), clock);
        await api.LaunchOnCurveAsync("PTM");
        await api.LaunchAsync("FIX", 5);
        var at = clock.GetUtcNow();
        api.Inside<UsdPrice>().Set(new UsdRate(500_000_000), at);

        Assert.Equal((0.005m, 0.5m), (await OldAsync("PTM"), await OldAsync("RLY")));
        Assert.Equal($$"""{"rly":"0.01","usd":"0.005","usdAt":"{{at:yyyy-MM-dd'T'HH:mm:ss}}+00:00","usdStale":false}""", await NewAsync("PTM"));
        clock.Advance(TimeSpan.FromMinutes(61));

        Assert.Equal((null, null), (await OldAsync("PTM"), await OldAsync("RLY")));
        Assert.Equal($$"""{"rly":"0.01","usd":"0.005","usdAt":"{{at:yyyy-MM-dd'T'HH:mm:ss}}+00:00","usdStale":true}""", await NewAsync("PTM"));
        Assert.Equal("""{"rly":null,"usd":null,"usdAt":null,"usdStale":false}""", await NewAsync("FIX"));
        Assert.True((bool?)(await api.GetAsync("/api/coins")).Body!["coins"]![1]!["price"]!["usdStale"]);

        async Task<decimal?> OldAsync(string symbol) => (decimal?)(await api.GetAsync($"/v1/creator_coins/{symbol}/price")).Body!["priceInUSD"];
        async Task<string> NewAsync(string symbol) =>
            (await api.GetAsync($"/api/coins/{symbol}")).Body!["price"]!.ToJsonString().Replace("\\u002B", "+", StringComparison.Ordinal);
    }
}
