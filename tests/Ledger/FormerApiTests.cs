using System.Net;
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
}
