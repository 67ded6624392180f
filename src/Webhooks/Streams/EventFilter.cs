using Rally.Webhooks.Deliveries;
using Rally.Webhooks.Subscriptions;

namespace Rally.Webhooks.Streams;

/// <summary>Which events a reader asked for, by the same rules as an endpoint's.</summary>
/// <param name="Events">Types; null for all.</param>
/// <param name="Coins">Symbols in capitals; null for all.</param>
internal sealed record EventFilter(IReadOnlyList<string>? Events, IReadOnlyList<string>? Coins)
{
    /// <param name="events">Types with commas between; null for all.</param>
    /// <param name="coins">Symbols with commas between; null for all.</param>
    /// <param name="wrong">What is wrong, or null.</param>
    public static EventFilter Parse(string? events, string? coins, out string? wrong)
    {
        var (types, symbols) = (Split(events), Split(coins));
        wrong = (types is null ? null : EndpointRules.WrongEvents(types)) ?? EndpointRules.WrongCoins(symbols);
        return new(types, EndpointRules.JoinCoins(symbols)?.Split(' '));
    }

    public bool Wants(WebhookEvent posted) =>
        (Events is null || Events.Contains(WebhookEvent.TransferPosted)) && (Coins is null || Coins.Contains(posted.Coin));

    private static string[]? Split(string? list) => list?.Split(',', StringSplitOptions.TrimEntries);
}
