using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
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
        v1.MapGet("/creator_coins/{symbol}/summary", SummaryAsync).AllowAnonymous().Limited(RateLimit.Reads)
            .Described("v1Summary", "A coin's figures", "As the former Rally's API had them.")
            .Produces<SummaryV1>().Refuses(404);
        v1.MapGet("/creator_coins/{symbol}/network_activity", ActivityAsync).AllowAnonymous().Limited(RateLimit.Reads)
            .Described("v1NetworkActivity", "What people last did with a coin", "As the former Rally's API had it; the last 100.")
            .Produces<IReadOnlyList<ActivityV1>>().Refuses(404);
    }

    private static async Task<IResult> SummaryAsync(string symbol, ReadOverview overview, CancellationToken stop)
    {
        if (!CoinSymbol.TryNormalize(symbol, out var coin) || await overview.FindAsync(coin, stop).ConfigureAwait(false) is not { } found)
            return Problems.WithErrorMessage(Problems.CoinNotFound(symbol));
        return TypedResults.Ok(new SummaryV1(
            new(found.Circulating), found.Stats.Holders, found.Stats.Transfers + found.Stats.Trades, new(found.Stats.Volume)));
    }

    private static async Task<IResult> ActivityAsync(string symbol, ReadCoins coins, ReadActivity activity, CancellationToken stop)
    {
        if (!CoinSymbol.TryNormalize(symbol, out var known) || await coins.FindAsync(known, stop).ConfigureAwait(false) is not { } coin)
            return Problems.WithErrorMessage(Problems.CoinNotFound(symbol));
        var items = await activity.ExecuteAsync(coin, stop).ConfigureAwait(false);
        return TypedResults.Ok(items.Select(item => new ActivityV1(
            item.Entry.Order.Id, "completed", item.Action, new(item.Entry.Order.Amount), item.UsdCents, item.Entry.PostedAt, item.Entry.PostedAt)));
    }

    private sealed record SummaryV1(JsonDecimal TotalCoins, long TotalSupporters, long TotalTransaction, JsonDecimal TotalSupportVolume);

    private sealed record ActivityV1(
        Guid Id, string Status, string ActionType, JsonDecimal ActionAmountOfCoin, long? ActionCostInCents, DateTimeOffset CreatedDate, DateTimeOffset CompletedDate);
}
