using System.Collections.Frozen;
using System.Net;
using Rally.Webhooks.Events;
using Rally.Webhooks.Network;

namespace Rally.Webhooks.Subscriptions;

/// <summary>What a subscription may say. Each check returns what is wrong, or null.</summary>
internal sealed class EndpointRules(AddressGuard guard)
{
    public const int MaxUrlLength = 2_000;
    public const int MaxCoins = 100;
    private const int MaxSymbolLength = 32;
    private const int MaxHeaders = 10;
    private const int MaxHeaderName = 64;
    private const int MaxHeaderValue = 1_024;
    private const long MaxPerSecond = 10_000;

    // Those that say how a message is framed, or where it goes.
    private static readonly FrozenSet<string> ReservedHeaders = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Host", "Connection", "Content-Length", "Content-Type", "Content-Encoding", "Transfer-Encoding", "TE", "Trailer", "Upgrade", "Expect",
        "Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto");

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
            return $"url must be on a public address: this network does not deliver to private ones. {AddressGuard.HowToAllow}";
        return null;
    }

    public static string? WrongFormat(string? format) =>
        format is null || EventFormat.All.Contains(format) ? null : $"format must be one of: {string.Join(", ", EventFormat.All)}.";

    /// <param name="events">Types.</param>
    /// <param name="format">One that there is.</param>
    public static string? WrongEvents(IReadOnlyList<string>? events, string format)
    {
        var types = EventFormat.TypesOf(format);
        if (events is not { Count: > 0 })
            return $"events must name at least one of: {string.Join(", ", types)}.";
        return events.All(types.Contains)
            ? null
            : $"events in the format {format} may only name: {string.Join(", ", types)}.";
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

    public static string? WrongHeaders(IReadOnlyDictionary<string, string>? headers)
    {
        if (headers is null)
            return null;
        if (headers.Count > MaxHeaders)
            return $"headers may be {MaxHeaders} at most.";
        foreach (var (name, value) in headers)
        {
            if (name.Length is 0 or > MaxHeaderName || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
                return $"headers must have names of letters, digits, '-' and '_', at most {MaxHeaderName}.";
            if (ReservedHeaders.Contains(name) || name.StartsWith("webhook-", StringComparison.OrdinalIgnoreCase))
                return $"headers may not name {name}: it is set by the sender.";
            if (value is not { Length: <= MaxHeaderValue } || !value.All(c => c is >= ' ' and < '\x7f'))
                return $"headers must have values of plain ASCII, at most {MaxHeaderValue} characters; {name} has not.";
        }

        return null;
    }

    public static string? WrongPerSecond(long? perSecond) =>
        perSecond is null or (>= 1 and <= MaxPerSecond) ? null : $"perSecond must be from 1 to {MaxPerSecond}, or null for no limit.";

    public static string? WrongSignatures(IReadOnlyList<string>? kinds) =>
        kinds is null || (kinds.Count > 0 && kinds.All(kind => kind is EndpointKey.Symmetric or EndpointKey.Asymmetric))
            ? null
            : $"signatures must name {EndpointKey.Symmetric}, {EndpointKey.Asymmetric} or both.";

    /// <summary>Event types as stored.</summary>
    public static string Join(IReadOnlyList<string> events) => string.Join(' ', events.Distinct());

    /// <summary>Symbols as stored.</summary>
    public static string? JoinCoins(IReadOnlyList<string>? coins) =>
        coins is null ? null : string.Join(' ', coins.Select(coin => coin.ToUpperInvariant()).Distinct());
}
