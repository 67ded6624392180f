using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rally.Ledger.Coins;

namespace Rally.Ledger.Api;

/// <summary>Coins and their holders: public, as in an explorer.</summary>
internal static class CoinEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/coins", ListAsync).AllowAnonymous();
        api.MapGet("/coins/{symbol}", GetAsync).AllowAnonymous();
        api.MapGet("/coins/{symbol}/holders", HoldersAsync).AllowAnonymous();
    }

    private static async Task<IResult> ListAsync(ReadCoins coins, CancellationToken stop) =>
        TypedResults.Ok(new { Coins = await coins.AllAsync(stop).ConfigureAwait(false) });

    private static async Task<IResult> GetAsync(string symbol, ReadCoins coins, CancellationToken stop) =>
        await FindAsync(symbol, coins, stop).ConfigureAwait(false) is { } coin ? TypedResults.Ok(coin) : Problems.CoinNotFound(symbol);

    private static async Task<IResult> HoldersAsync(string symbol, string? after, string? limit, ReadCoins coins, CancellationToken stop)
    {
        if (!Page.TryLimit(limit, out var most))
            return Problems.BadRequest(Page.LimitRule);
        var last = Guid.Empty;
        if (after is not null && !RallyId.TryParse(after, out last))
            return Problems.BadRequest("'after' must be the 'next' of an earlier page.");
        if (await FindAsync(symbol, coins, stop).ConfigureAwait(false) is not { } coin)
            return Problems.CoinNotFound(symbol);

        // One more than asked for tells whether there is a next page.
        var holders = await coins.HoldersAsync(coin.Symbol, last, most + 1, stop).ConfigureAwait(false);
        return TypedResults.Ok(new
        {
            Holders = holders.Take(most),
            Next = holders.Count > most ? holders[most - 1].Holder : (Guid?)null,
        });
    }

    private static async Task<Coin?> FindAsync(string text, ReadCoins coins, CancellationToken stop) =>
        CoinSymbol.TryNormalize(text, out var symbol) ? await coins.FindAsync(symbol, stop).ConfigureAwait(false) : null;
}
