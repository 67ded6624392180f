using System.Text.Json;
using Rally.Auth.Spending;

namespace Rally.Auth.Server;

/// <summary>What an authorization request asks for beyond scopes (RFC 9396).</summary>
/// <param name="Link">An identity elsewhere to link the account to; null for none.</param>
/// <param name="Limits">How much of which coins the app proposes to be allowed to spend, a coin once.</param>
internal sealed record AuthorizationDetails(IdentityLink? Link, IReadOnlyList<SpendingLimit> Limits)
{
    /// <summary>The type of a <see cref="SpendingLimit"/>.</summary>
    public const string SpendingLimitType = "spending_limit";

    public static readonly string Rule =
        $"authorization_details must be a JSON array of at most one {IdentityLink.Type} with provider, name, id and perhaps guild, a number in a string, and at most {SpendingLimit.Most} " +
        $"{SpendingLimitType} with coin, per_day and in_all, one for a coin; amounts are decimal numbers in JSON strings.";

    private const int MostAmountCharacters = 20;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 4, AllowDuplicateProperties = false };

    private static readonly AuthorizationDetails None = new(null, []);

    /// <returns>Null when an element is of no type known here, or has a field missing, unknown or out of its bounds.</returns>
    public static AuthorizationDetails? Parse(string? json)
    {
        if (json is null)
            return None;
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            return document.RootElement is { ValueKind: JsonValueKind.Array } array && array.GetArrayLength() > 0 ? Read(array) : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half a surrogate pair, written as an escape.
            return null;
        }
    }

    /// <summary>As granted, for the token response; null when nothing was.</summary>
    public static string? ToJson(IdentityLink? link, IEnumerable<SpendingLimit> limits)
    {
        object[] granted =
        [
            .. link is null ? [] : new[] { link.ToJson() },
            .. limits.Select(limit => new
            {
                type = SpendingLimitType,
                coin = limit.Coin,
                per_day = CoinAmount.Show(limit.PerDay),
                in_all = CoinAmount.Show(limit.InAll),
            }),
        ];
        return granted.Length == 0 ? null : JsonSerializer.Serialize(granted);
    }

    /// <summary>Whether the element is an object with no fields but these.</summary>
    public static bool Has(JsonElement element, params string[] fields) =>
        element.ValueKind == JsonValueKind.Object && element.EnumerateObject().All(field => fields.Contains(field.Name));

    /// <summary>A field's words; null when it is missing, empty, too long, no string, or has control characters.</summary>
    public static string? Text(JsonElement element, string field, int limit) =>
        element.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String &&
        value.GetString() is { Length: > 0 } text && text.Length <= limit && !text.Any(char.IsControl)
            ? text
            : null;

    private static AuthorizationDetails? Read(JsonElement array)
    {
        IdentityLink? link = null;
        var limits = new List<SpendingLimit>();
        foreach (var element in array.EnumerateArray())
        {
            switch (element.ValueKind == JsonValueKind.Object ? Text(element, "type", 32) : null)
            {
                case IdentityLink.Type when link is null && IdentityLink.Read(element) is { } read:
                    link = read;
                    break;
                case SpendingLimitType when limits.Count < SpendingLimit.Most && ReadLimit(element) is { } limit && limits.All(other => other.Coin != limit.Coin):
                    limits.Add(limit);
                    break;
                default:
                    return null;
            }
        }

        return new(link, limits);
    }

    private static SpendingLimit? ReadLimit(JsonElement element) =>
        Has(element, "type", "coin", "per_day", "in_all") &&
        SpendingLimit.FoldCoin(Text(element, "coin", 10)) is { } coin &&
        CoinAmount.Parse(Text(element, "per_day", MostAmountCharacters)) is { } perDay &&
        CoinAmount.Parse(Text(element, "in_all", MostAmountCharacters)) is { } inAll
            ? new SpendingLimit(coin, perDay, inAll)
            : null;
}
