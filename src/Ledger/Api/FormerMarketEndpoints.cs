using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
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
        v1.MapGet("/creator_coins/{symbol}/rewards", RewardsAsync).AllowAnonymous().Limited(RateLimit.Reads)
            .Described("v1Rewards", "What a coin's holders earned", "As the former Rally's API had it; zero as long as coins earn nothing here.")
            .Produces<RewardsV1>().Refuses(404);
        v1.MapGet("/creator_coins/{symbol}/historical_rewards", WeeksAsync).AllowAnonymous().Limited(RateLimit.Reads)
            .Described("v1HistoricalRewards", "What a coin's holders earned each week", "As the former Rally's API had it; empty as long as coins earn nothing here.")
            .Produces<IReadOnlyList<WeekV1>>().Refuses(404);
        // Whatever else the first API had.
        v1.Map("/{**path}", (HttpContext http) => Problems.WithErrorMessage(Problems.PathNotFound(http.Request.Path)))
            .AllowAnonymous().RequireRateLimiting(RateLimit.Reads).ExcludeFromDescription();
    }

    private static async Task<IResult> SummaryAsync(string symbol, ReadCoinFigures coins, ReadMarket market, CancellationToken stop)
    {
        if (!CoinSymbol.TryNormalize(symbol, out var known)
            || await coins.FindAsync(known, stop).ConfigureAwait(false) is not { } coin
            || await market.FindAsync(known, stop).ConfigureAwait(false) is not { } stats)
            return Problems.WithErrorMessage(Problems.CoinNotFound(symbol));
        return TypedResults.Ok(new SummaryV1(new(coin.Circulating), stats.Holders, stats.Transfers + stats.Trades, new(stats.Volume)));
    }

    // Coins earn no rewards yet, so these are nothing: a program that asks for them goes on.
    private static async Task<IResult> RewardsAsync(string symbol, ReadCoins coins, CancellationToken stop) =>
        await IsThereAsync(symbol, coins, stop).ConfigureAwait(false)
            ? TypedResults.Ok(new RewardsV1(new(Amount.Zero), new(Amount.Zero)))
            : Problems.WithErrorMessage(Problems.CoinNotFound(symbol));

    private static async Task<IResult> WeeksAsync(string symbol, ReadCoins coins, CancellationToken stop) =>
        await IsThereAsync(symbol, coins, stop).ConfigureAwait(false)
            ? TypedResults.Ok(Array.Empty<WeekV1>())
            : Problems.WithErrorMessage(Problems.CoinNotFound(symbol));

    private static async Task<bool> IsThereAsync(string symbol, ReadCoins coins, CancellationToken stop) =>
        CoinSymbol.TryNormalize(symbol, out var known) && await coins.FindAsync(known, stop).ConfigureAwait(false) is not null;

    private static async Task<IResult> ActivityAsync(string symbol, ReadCoins coins, ReadActivity activity, CancellationToken stop)
    {
        if (!CoinSymbol.TryNormalize(symbol, out var known) || await coins.FindAsync(known, stop).ConfigureAwait(false) is not { } coin)
            return Problems.WithErrorMessage(Problems.CoinNotFound(symbol));
        var items = await activity.ExecuteAsync(coin, stop).ConfigureAwait(false);
        return TypedResults.Ok(items.Select(item => new ActivityV1(
            item.Entry.Order.Id.ToString("N"), "completed", item.Action, new(item.Entry.Order.Amount), item.UsdCents, item.Entry.PostedAt, item.Entry.PostedAt)));
    }

    private sealed record SummaryV1(JsonDecimal TotalCoins, long TotalSupporters, long TotalTransaction, JsonDecimal TotalSupportVolume);

    private sealed record RewardsV1(JsonDecimal Last24HourEarned, JsonDecimal WeeklyAccumulatedReward);

    private sealed record WeekV1(JsonDecimal WeeklyReward);

    private sealed record ActivityV1(
        string Id, string Status, string ActionType, JsonDecimal ActionAmountOfCoin, long? ActionCostInCents, DateTimeOffset CreatedDate, DateTimeOffset CompletedDate);
}
