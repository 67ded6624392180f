using System.Net;
using Rally.Webhooks.Deliveries;
using Rally.Webhooks.Network;

namespace Rally.Webhooks.Subscriptions;

/// <summary>What a subscription may say. Each check returns what is wrong, or null.</summary>
internal sealed class EndpointRules(AddressGuard guard)
{
    public const int MaxUrlLength = 2_000;
    public const int MaxCoins = 100;
    private const int MaxSymbolLength = 32;

    public string? WrongUrl(string? text)
    {
        if (text is null || text.Length > MaxUrlLength)
            return $"url must be there and have at most {MaxUrlLength} characters.";
        if (!text.All(c => c is > ' ' and < '\x7f'))
            return "url must be plain ASCII without spaces; percent-encode the rest.";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
            return "url must be absolute and begin with https:// or http://.";
        if (url.UserInfo.Length > 0)
            return "url must not contain a user name or password.";
        if (url.Fragment.Length > 0)
            return "url must not contain a fragment (#).";
        // Names are checked when a connection is made; this only tells early what could never work.
        if (IPAddress.TryParse(url.DnsSafeHost, out var address) && !guard.Allows(url, address))
            return "url must be on a public address.";
        return null;
    }

    public static string? WrongEvents(IReadOnlyList<string>? events)
    {
        if (events is not { Count: > 0 })
            return $"events must name at least one of: {string.Join(", ", WebhookEvent.Types)}.";
        return events.All(WebhookEvent.Types.Contains)
            ? null
            : $"events may only name: {string.Join(", ", WebhookEvent.Types)}.";
    }

    public static string? WrongCoins(IReadOnlyList<string>? coins)
    {
        if (coins is null)
            return null;
        if (coins.Count is 0 or > MaxCoins)
            return $"coins must be null for all coins, or name 1 to {MaxCoins}.";
        return coins.All(coin => coin is { Length: > 0 and <= MaxSymbolLength } && coin.All(char.IsAsciiLetterOrDigit))
            ? null
            : "coins must be symbols of letters and digits.";
    }

    /// <summary>Event types as stored.</summary>
    public static string Join(IReadOnlyList<string> events) => string.Join(' ', events.Distinct());

    /// <summary>Symbols as stored.</summary>
    public static string? JoinCoins(IReadOnlyList<string>? coins) =>
        coins is null ? null : string.Join(' ', coins.Select(coin => coin.ToUpperInvariant()).Distinct());
}
