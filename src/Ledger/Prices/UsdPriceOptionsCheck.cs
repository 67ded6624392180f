using Microsoft.Extensions.Options;

namespace Rally.Ledger.Prices;

/// <summary>Refuses at start settings of the price that contradict each other or cannot be used.</summary>
internal sealed class UsdPriceOptionsCheck : IValidateOptions<LedgerOptions>
{
    public ValidateOptionsResult Validate(string? name, LedgerOptions options)
    {
        var wrong = Faults(options.UsdPrice).ToList();
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    private static IEnumerable<string> Faults(UsdPriceOptions price)
    {
        var (isFixed, hasFeed) = (!string.IsNullOrEmpty(price.Fixed), !string.IsNullOrEmpty(price.FeedUrl));
        // The empty pointer is the whole document; without a feed it is only a setting left empty.
        var hasPointer = hasFeed ? price.JsonPointer is not null : !string.IsNullOrEmpty(price.JsonPointer);
        if (isFixed && (hasFeed || hasPointer))
            yield return "Ledger:UsdPrice has Fixed and a feed (FeedUrl, JsonPointer): keep one of them and remove the other.";
        if (isFixed && !UsdRate.TryParseExact(price.Fixed, out _))
            yield return $"Ledger:UsdPrice:Fixed is '{price.Fixed}': write US dollars for one RLY, above zero and with at most nine digits after the point, such as 0.0112.";
        if (hasFeed && !IsWebAddress(price.FeedUrl!))
            yield return "Ledger:UsdPrice:FeedUrl is not an address: write one that starts with https:// or http://.";
        if (hasFeed && !hasPointer)
            yield return "Ledger:UsdPrice has FeedUrl without JsonPointer: add where in the feed's JSON the price is, such as /rally/usd.";
        if (hasPointer && !hasFeed && !isFixed)
            yield return "Ledger:UsdPrice has JsonPointer without FeedUrl: add the feed's address, or remove JsonPointer.";
        if (hasPointer && JsonPointer.Parse(price.JsonPointer!) is null)
            yield return $"Ledger:UsdPrice:JsonPointer is '{price.JsonPointer}': write a pointer of RFC 6901, each step with a '/' in front, such as /rally/usd.";
        if (price.Interval < TimeSpan.FromSeconds(10) || price.Interval > TimeSpan.FromDays(1))
            yield return $"Ledger:UsdPrice:Interval is {price.Interval}: choose from 00:00:10 to 1.00:00:00.";
        if (price.StaleAfter < price.Interval)
            yield return $"Ledger:UsdPrice:StaleAfter ({price.StaleAfter}) is shorter than Interval ({price.Interval}): every price would be stale before the next one. Make StaleAfter longer or Interval shorter.";
    }

    private static bool IsWebAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp);
}
