using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Explorer;
using Rally.Ledger.Followers;

namespace Rally.Ledger.Api;

/// <summary>
/// What Rally's first API told of a coin's market, in its shapes: numbers instead of decimal strings, and errors with an
/// <c>errorMessage</c>.
/// </summary>
internal static class FormerMarketEndpoints
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapGet("/creator_coins/{symbol}/summary", SummaryAsync).AllowAnonymous();
        v1.MapGet("/creator_coins/{symbol}/network_activity", ActivityAsync).AllowAnonymous();
    }

    private static async Task<IResult> SummaryAsync(string symbol, ReadOverview overview, CancellationToken stop)
    {
        if (!CoinSymbol.TryNormalize(symbol, out var coin) || await overview.FindAsync(coin, stop).ConfigureAwait(false) is not { } found)
            return NotFound(symbol);
        return TypedResults.Ok(new
        {
            TotalCoins = Number(found.Circulating),
            TotalSupporters = found.Stats.Holders,
            TotalTransaction = found.Stats.Transfers + found.Stats.Trades,
            TotalSupportVolume = Number(found.Stats.Volume),
        });
    }

    private static async Task<IResult> ActivityAsync(string symbol, ReadCoins coins, ReadActivity activity, CancellationToken stop)
    {
        if (!CoinSymbol.TryNormalize(symbol, out var known) || await coins.FindAsync(known, stop).ConfigureAwait(false) is not { } coin)
            return NotFound(symbol);
        var items = await activity.ExecuteAsync(coin, stop).ConfigureAwait(false);
        return TypedResults.Ok(items.Select(item => new
        {
            item.Entry.Order.Id,
            Status = "completed",
            ActionType = item.Action,
            ActionAmountOfCoin = Number(item.Entry.Order.Amount),
            ActionCostInCents = item.UsdCents,
            CreatedDate = item.Entry.PostedAt,
            CompletedDate = item.Entry.PostedAt,
        }));
    }

    // Exact: a decimal has 28 digits, an amount 19.
    private static decimal Number(Amount amount) => (decimal)amount.MinorUnits / Amount.PerCoin;

    private static NotFound<FormerError> NotFound(string symbol) => TypedResults.NotFound(new FormerError($"No coin has the symbol '{symbol}'."));

    private sealed record FormerError(string ErrorMessage);
}
