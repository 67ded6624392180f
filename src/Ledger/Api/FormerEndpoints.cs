using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Prices;

namespace Rally.Ledger.Api;

/// <summary>
/// The former Rally's reads of coins (2020 to 2023), for programs that were written for them: its first API, below
/// <c>/v1</c>, and from its second the list of coins. There numbers were JSON numbers, and ids had no dashes.
/// </summary>
internal static class FormerEndpoints
{
    /// <summary>The first API.</summary>
    public static void MapFirst(IEndpointRouteBuilder v1)
    {
        v1.MapGet("/creator_coins", CoinsAsync).AllowAnonymous().Limited(RateLimit.Reads)
            .Described("v1CreatorCoins", "All coins", "As the former Rally's API had it, up to 1,000 of them; where there are more, the response header last-evaluated-key is the next page's startKey.")
            .Produces<IReadOnlyList<CreatorCoinV1>>().Refuses(400);
        v1.MapGet("/creator_coins/{symbol}/price", PriceAsync).AllowAnonymous().Limited(RateLimit.Reads)
            .Described("v1Price", "A coin's price", "As the former Rally's API had it. Null where there is none.")
            .Produces<PriceV1>().Refuses(404);
    }

    /// <summary>What of the second API is the ledger's.</summary>
    public static void MapSecond(IEndpointRouteBuilder api) =>
        api.MapGet("/creator-coins", SecondAsync).AllowAnonymous().Limited(RateLimit.Reads)
            .Described("creatorCoins", "All coins, in pages", "As the former Rally's second API had it: the response header last-evaluated-key is the next page's startKey.")
            .Produces<IReadOnlyList<CreatorCoin>>().Refuses(400);

    private static async Task<IResult> CoinsAsync(
        [Asked(Asked.Count, Otherwise = Page.LargestLimit)] string? size, [Asked(Asked.Symbol)] string? startKey, HttpResponse response, ReadCoinFigures coins, CancellationToken stop)
    {
        // Its programs ask once and expect all.
        var (page, problem) = await PageAsync(size ?? $"{Page.LargestLimit}", startKey, response, coins, stop).ConfigureAwait(false);
        return page is null
            ? Problems.WithErrorMessage(problem!)
            : TypedResults.Ok(page.Select(coin => new CreatorCoinV1(coin.Symbol, coin.Name, coin.Image, coin.Creator.ToString("N"))));
    }

    private static async Task<IResult> PriceAsync(string symbol, ReadCoinFigures coins, UsdPrice usd, CancellationToken stop) =>
        CoinSymbol.TryNormalize(symbol, out var normal) && await coins.FindAsync(normal, stop).ConfigureAwait(false) is { } coin
            ? TypedResults.Ok(new PriceV1(coin.Coin.Symbol, Number(coin.Price is { } rly ? usd.Current is { IsStale: false } now ? now.Rate.ToUsd(rly) : null : null), Number(coin.Price)))
            : Problems.WithErrorMessage(Problems.CoinNotFound(symbol));

    private static JsonDecimal? Number(Amount? amount) => amount is { } known ? new JsonDecimal(known) : null;

    private static async Task<IResult> SecondAsync(
        [Asked(Asked.Count)] string? size, [Asked(Asked.Symbol)] string? startKey, HttpResponse response, ReadCoinFigures coins, CancellationToken stop)
    {
        var (page, problem) = await PageAsync(size, startKey, response, coins, stop).ConfigureAwait(false);
        return page is null
            ? problem!
            : TypedResults.Ok(page.Select(coin => new CreatorCoin(coin.Symbol, coin.Name, coin.Creator.ToString("N"), coin.Image, coin.LaunchedAt)));
    }

    private static async Task<(IEnumerable<Coin>? Page, ProblemHttpResult? Problem)> PageAsync(
        string? size, string? startKey, HttpResponse response, ReadCoinFigures coins, CancellationToken stop)
    {
        if (!Page.TryLimit(size, out var most))
            return (null, Problems.BadRequest(Page.LimitRule.Replace("'limit'", "'size'", StringComparison.Ordinal)));
        var last = "";
        if (startKey is not null && !CoinSymbol.TryNormalize(startKey, out last))
            return (null, Problems.BadRequest("'startKey' must be the last-evaluated-key of an earlier page."));
        var page = await coins.PageAsync(last, most + 1, stop).ConfigureAwait(false);
        if (page.Count > most)
            response.Headers["last-evaluated-key"] = page[most - 1].Coin.Symbol;
        return (page.Take(most).Select(figures => figures.Coin), null);
    }

    private sealed record CreatorCoinV1(string CoinSymbol, string CoinName, string? CoinImagePath, string RnbUserId);

    private sealed record PriceV1(
        string Symbol, [property: JsonPropertyName("priceInUSD")] JsonDecimal? PriceInUsd, [property: JsonPropertyName("priceInRLY")] JsonDecimal? PriceInRly);

    private sealed record CreatorCoin(string Symbol, string Name, string CreatorAccountId, string? ImageUrl, DateTimeOffset LaunchTimestamp);
}
