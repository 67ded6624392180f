using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rally.Ledger.Coins;
using Rally.Ledger.Prices;

namespace Rally.Ledger.Api;

/// <summary>Coins and their holders: public, as in an explorer.</summary>
internal static class CoinEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/coins", ListAsync).AllowAnonymous().Limited(RateLimit.Reads)
            .Described("listCoins", "All coins by symbol", "But for RLY, which the others are bought with.")
            .Produces<CoinPageJson>().Refuses(400);
        api.MapGet("/coins/{symbol}", GetAsync).AllowAnonymous().Limited(RateLimit.Reads)
            .Described("getCoin", "A coin, or RLY", "Its terms, how much of it there is, and its price.")
            .Produces<CoinJson>().Refuses(404);
        api.MapGet("/coins/{symbol}/holders", HoldersAsync).AllowAnonymous().Limited(RateLimit.Reads)
            .Described("listHolders", "Who holds a coin", "By Rally id. RLY has no such list.")
            .Produces<HolderPageJson>().Refuses(400, 404);
    }

    private static async Task<IResult> ListAsync(
        [Asked(Asked.Symbol)] string? after, [Asked(Asked.Count)] string? limit, ReadCoinFigures coins, UsdPrice usd, CancellationToken stop)
    {
        if (!Page.TryLimit(limit, out var most))
            return Problems.BadRequest(Page.LimitRule);
        var last = "";
        if (after is not null && !CoinSymbol.TryNormalize(after, out last))
            return Problems.BadRequest("'after' must be the 'next' of an earlier page.");
        // One more than asked for tells whether there is a next page.
        var page = await coins.PageAsync(last, most + 1, stop).ConfigureAwait(false);
        return TypedResults.Ok(new CoinPageJson(
            [.. page.Take(most).Select(coin => CoinJson.Of(coin, usd.Current))], page.Count > most ? page[most - 1].Coin.Symbol : null));
    }

    private static async Task<IResult> GetAsync(string symbol, ReadCoinFigures coins, UsdPrice usd, CancellationToken stop) =>
        CoinSymbol.TryNormalize(symbol, out var normal) && await coins.FindAsync(normal, stop).ConfigureAwait(false) is { } coin
            ? TypedResults.Ok(CoinJson.Of(coin, usd.Current))
            : Problems.CoinNotFound(symbol);

    private static async Task<IResult> HoldersAsync(
        string symbol, [Asked(Asked.RallyId)] string? after, [Asked(Asked.Count)] string? limit, ReadCoins coins, CancellationToken stop)
    {
        if (!Page.TryLimit(limit, out var most))
            return Problems.BadRequest(Page.LimitRule);
        var last = Guid.Empty;
        if (after is not null && !RallyId.TryParse(after, out last))
            return Problems.BadRequest("'after' must be the 'next' of an earlier page.");
        if (!CoinSymbol.TryNormalize(symbol, out var normal) || await coins.FindAsync(normal, stop).ConfigureAwait(false) is null)
            return Problems.CoinNotFound(symbol);
        if (normal == CoinSymbol.Rly)
            return Problems.HoldersNotListed();
        var holders = await coins.HoldersAsync(normal, last, most + 1, stop).ConfigureAwait(false);
        return TypedResults.Ok(new HolderPageJson([.. holders.Take(most)], holders.Count > most ? holders[most - 1].Holder : null));
    }
}
