using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rally.Ledger.Coins;
using Rally.Ledger.Followers;

namespace Rally.Ledger.Api;

/// <summary>A coin's prices and figures: public, as in an explorer.</summary>
internal static class MarketEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/coins/{symbol}/prices", PricesAsync).AllowAnonymous().Limited(RateLimit.Reads)
            .Described("listPrices", "A coin's prices over time", "By the hour or the day, oldest first.")
            .Produces<PricesJson>().Refuses(400, 404);
        api.MapGet("/coins/{symbol}/stats", StatsAsync).AllowAnonymous().Limited(RateLimit.Reads)
            .Described("getStats", "A coin's figures", "Holders, transfers, trades and volumes in RLY.")
            .Produces<ReadMarket.CoinStats>().Refuses(404);
    }

    private static async Task<IResult> StatsAsync(string symbol, ReadMarket market, CancellationToken stop) =>
        CoinSymbol.TryNormalize(symbol, out var coin) && await market.FindAsync(coin, stop).ConfigureAwait(false) is { } stats
            ? TypedResults.Ok(stats)
            : Problems.CoinNotFound(symbol);

    private static async Task<IResult> PricesAsync(
        string symbol, [Asked(Asked.Time)] string? from, [Asked(Asked.Time)] string? to, [Asked(Asked.Interval)] string? interval,
        [Asked(Asked.Time)] string? after, [Asked(Asked.Count)] string? limit,
        ReadCoins coins, ReadMarket market, CancellationToken stop)
    {
        if (interval is not (null or "hour" or "day"))
            return Problems.BadRequest("'interval' must be hour or day.");
        if (!Page.TryTime(from, DateTimeOffset.UnixEpoch, out var start))
            return Problems.BadRequest($"'from' {Page.TimeRule}");
        if (!Page.TryTime(to, DateTimeOffset.MaxValue, out var end))
            return Problems.BadRequest($"'to' {Page.TimeRule}");
        if (!Page.TryTime(after, DateTimeOffset.MinValue, out var last))
            return Problems.BadRequest("'after' must be the 'next' of an earlier page.");
        if (!Page.TryLimit(limit, out var most))
            return Problems.BadRequest(Page.LimitRule);
        if (!CoinSymbol.TryNormalize(symbol, out var coin) || await coins.FindAsync(coin, stop).ConfigureAwait(false) is null)
            return Problems.CoinNotFound(symbol);

        var byDay = interval == "day";
        if (after is not null)
            start = Later(start, last.Add(byDay ? TimeSpan.FromDays(1) : TimeSpan.FromHours(1)));
        var prices = await market.PricesAsync(coin, start, end, byDay, most, stop).ConfigureAwait(false);
        return TypedResults.Ok(new PricesJson(
            coin, byDay ? "day" : "hour", prices.Position, prices.Candles, prices.HasMore ? prices.Candles[^1].Start : null));
    }

    private sealed record PricesJson(string Coin, string Interval, long Position, IReadOnlyList<Candle> Candles, DateTimeOffset? Next);

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
