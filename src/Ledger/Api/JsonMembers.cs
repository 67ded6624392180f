using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Rally.Ledger.Amounts;

namespace Rally.Ledger.Api;

/// <summary>
/// Reads an object member by member. The first one at fault is what the caller is told; what is read after it means
/// nothing, so look at <see cref="Problem"/> before using any.
/// </summary>
internal sealed class JsonMembers
{
    private readonly JsonElement _body;
    private readonly string _which;

    private JsonMembers(JsonElement body, string which) => (_body, _which) = (body, which);

    /// <summary>Null when all that was read so far is as it should be.</summary>
    public IResult? Problem { get; private set; }

    /// <typeparam name="T">Describes the object in the API's document; its properties are the members there may be.</typeparam>
    /// <param name="body">Anything.</param>
    /// <param name="subject">What the object is, with its article.</param>
    /// <param name="which">Goes before each refusal; for one of several.</param>
    public static JsonMembers Of<T>(JsonElement body, string subject, string which = "")
    {
        var members = new JsonMembers(body, which);
        if (body.ValueKind != JsonValueKind.Object)
        {
            members.Refuse(which.Length == 0 ? "The body must be a JSON object." : "This must be a JSON object.");
            return members;
        }

        foreach (var member in body.EnumerateObject())
        {
            if (!Names<T>.All.Contains(member.Name))
                members.Refuse($"'{member.Name}' is not a member of {subject}; those are {string.Join(", ", Names<T>.All)}.");
        }

        return members;
    }

    public bool Has(string member) =>
        _body.ValueKind == JsonValueKind.Object && _body.TryGetProperty(member, out var value) && value.ValueKind != JsonValueKind.Null;

    public Guid Id(string member, string rule = "must be a UUID of version 7 that you make")
    {
        if (RallyId.TryParse(TextOf(member), out var id))
            return id;
        Refuse($"'{member}' {rule}.");
        return default;
    }

    public Guid Account(string member) => Id(member, "must be a Rally id");

    public string Text(string member, string rule)
    {
        if (TextOf(member) is { } text)
            return text;
        Refuse($"'{member}' {rule}.");
        return "";
    }

    public string OptionalText(string member) => Has(member) ? Text(member, "must be a string") : "";

    public Amount Amount(string member)
    {
        if (TextOf(member) is not { } number)
            Refuse(Problems.MalformedAmount($"{_which}'{member}' must be a decimal number in a JSON string, such as \"0.5\"; a JSON number would lose digits."));
        else if (!Amounts.Amount.TryParse(number, out var amount))
            Refuse(Problems.MalformedAmount(_which + Problems.AmountRule(member)));
        else
            return amount;
        return default;
    }

    public Amount? OptionalAmount(string member) => Has(member) ? Amount(member) : null;

    public DateTimeOffset? OptionalTime(string member)
    {
        if (!Has(member))
            return null;
        // Without an offset the time would be read as this machine's.
        if (TextOf(member) is { } text && _body.GetProperty(member).TryGetDateTimeOffset(out var time)
            && (text.EndsWith('Z') || text.IndexOfAny(['+', '-'], text.IndexOf('T', StringComparison.Ordinal) + 1) > 10))
            return time;
        Refuse($"'{member}' must be a time in ISO 8601 with its offset, such as \"2026-11-21T10:00:00Z\".");
        return null;
    }

    public bool OptionalFlag(string member)
    {
        if (!Has(member))
            return false;
        var value = _body.GetProperty(member).ValueKind;
        if (value is not (JsonValueKind.True or JsonValueKind.False))
            Refuse($"'{member}' must be true or false.");
        return value == JsonValueKind.True;
    }

    public IReadOnlyList<JsonElement> Items(string member, string rule)
    {
        if (_body.ValueKind == JsonValueKind.Object && _body.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.Array)
            return [.. value.EnumerateArray()];
        Refuse($"'{member}' {rule}.");
        return [];
    }

    public void Refuse(string detail) => Refuse(Problems.BadRequest(_which + detail));

    public void Refuse(IResult problem) => Problem ??= problem;

    /// <returns>Null when the member is missing or no string.</returns>
    private string? TextOf(string member) =>
        _body.ValueKind == JsonValueKind.Object && _body.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static class Names<T>
    {
        public static readonly string[] All =
            [.. typeof(T).GetProperties().Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name))];
    }
}
