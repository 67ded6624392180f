using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rally.Ledger.Prices;

namespace Rally.Ledger.Api;

/// <summary>The price of RLY in US dollars, and its history: public.</summary>
internal static class PriceEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/rly/price", Get).AllowAnonymous().Limited(RateLimit.Reads)
            .Described("getRlyPrice", "The price of RLY in US dollars", "When it was last confirmed, and whether that is too long ago.")
            .Produces<UsdPriceJson>().Refuses(404);
        api.MapGet("/rly/prices", ListAsync).AllowAnonymous().Limited(RateLimit.Reads)
            .Described("listRlyPrices", "The price of RLY over time", "Its changes, and an unchanged price hourly.")
            .Produces<UsdPricesJson>().Refuses(400, 404);
    }

    private static IResult Get(UsdPrice price)
    {
        if (!price.IsConfigured)
            return Problems.NoUsdPrice();
        return price.Current is { } now
            ? TypedResults.Ok(new UsdPriceJson(now.Rate.ToString(), now.At, now.IsStale))
            : Problems.UsdPriceUnknown();
    }

    private static async Task<IResult> ListAsync(
        [Asked(Asked.Time)] string? from, [Asked(Asked.Time)] string? to, [Asked(Asked.Number)] string? after, [Asked(Asked.Count)] string? limit,
        UsdPrice price, ReadUsdPrices prices, CancellationToken stop)
    {
        if (!price.IsConfigured)
            return Problems.NoUsdPrice();
        if (!Page.TryLimit(limit, out var most))
            return Problems.BadRequest(Page.LimitRule);
        if (!Page.TryTime(from, DateTimeOffset.UnixEpoch, out var first))
            return Problems.BadRequest($"'from' {Page.TimeRule}");
        if (!Page.TryTime(to, DateTimeOffset.MaxValue, out var end))
            return Problems.BadRequest($"'to' {Page.TimeRule}");
        if (!TryPlace(after, out var place))
            return Problems.BadRequest("'after' must be the 'next' of an earlier page.");
        if (place > first)
            first = place;

        // One more than asked for tells whether there is a next page.
        var points = await prices.ExecuteAsync(first, end, most + 1, stop).ConfigureAwait(false);
        return TypedResults.Ok(new UsdPricesJson(
            [.. points.Take(most).Select(point => new UsdPointJson(point.Rate.ToString(), point.At))],
            points.Count > most ? points[most - 1].At.ToUnixTimeMilliseconds() : null));
    }

    private sealed record UsdPriceJson(string Usd, DateTimeOffset At, bool Stale);

    private sealed record UsdPricesJson(IReadOnlyList<UsdPointJson> Prices, long? Next);

    private sealed record UsdPointJson(string Usd, DateTimeOffset At);

    /// <summary>The first millisecond after a page, which ended at the one in the text.</summary>
    private static bool TryPlace(string? text, out DateTimeOffset place)
    {
        place = DateTimeOffset.UnixEpoch;
        if (text is null)
            return true;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var last) ||
            last >= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
            return false;
        place = DateTimeOffset.FromUnixTimeMilliseconds(last + 1);
        return true;
    }
}
