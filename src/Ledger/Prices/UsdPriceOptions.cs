namespace Rally.Ledger.Prices;

/// <summary>
/// Where the price of RLY in US dollars comes from: <see cref="Fixed"/>, or <see cref="FeedUrl"/> with
/// <see cref="JsonPointer"/>. With neither there is none, and what would be in dollars is left out.
/// </summary>
public sealed class UsdPriceOptions
{
    /// <summary>US dollars for one RLY, such as <c>0.0112</c>; at most nine digits after the point.</summary>
    public string? Fixed { get; set; }

    /// <summary>An http or https address that answers with JSON in which the price is.</summary>
    public string? FeedUrl { get; set; }

    /// <summary>Where in that JSON (RFC 6901): <c>/rally/usd</c>. There must be a number, or a string with one.</summary>
    public string? JsonPointer { get; set; }

    /// <summary>How often the feed is asked; 10 s to 1 day. While it fails, less and less often, down to an eighth.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>A price that the feed has not confirmed for longer than this is marked as stale.</summary>
    public TimeSpan StaleAfter { get; set; } = TimeSpan.FromHours(1);

    internal bool IsSet => !string.IsNullOrEmpty(Fixed) || !string.IsNullOrEmpty(FeedUrl);
}
