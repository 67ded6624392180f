using System.Text.Json;

namespace Rally.Auth.Server;

/// <summary>
/// The one type of authorization_details (RFC 9396) known here: the person's account is to be linked to an identity
/// elsewhere, which the pages name before consent.
/// </summary>
/// <param name="Provider">For example <c>Discord</c>; 1 to 32 characters.</param>
/// <param name="Name">What the identity is called there; 1 to 100 characters.</param>
/// <param name="Id">Its id there; 1 to 64 characters.</param>
internal sealed record IdentityLink(string Provider, string Name, string Id)
{
    public const string Type = "identity_link";

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 4, AllowDuplicateProperties = false };

    /// <returns>The link of an array with exactly one; null when it is anything else, an unknown field included.</returns>
    public static IdentityLink? Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            return document.RootElement is { ValueKind: JsonValueKind.Array } array && array.GetArrayLength() == 1
                ? Read(array[0])
                : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half a surrogate pair, written as an escape.
            return null;
        }
    }

    /// <summary>As it goes into the token response.</summary>
    public string ToJson() =>
        JsonSerializer.Serialize(new[] { new { type = Type, provider = Provider, name = Name, id = Id } });

    private static IdentityLink? Read(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object ||
            element.EnumerateObject().Any(field => field.Name is not ("type" or "provider" or "name" or "id")) ||
            Text(element, "type", 32) != Type ||
            Text(element, "provider", 32) is not { } provider ||
            Text(element, "name", 100) is not { } name ||
            Text(element, "id", 64) is not { } id)
            return null;
        return new IdentityLink(provider, name, id);
    }

    private static string? Text(JsonElement element, string field, int limit) =>
        element.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String &&
        value.GetString() is { Length: > 0 } text && text.Length <= limit && !text.Any(char.IsControl)
            ? text
            : null;
}
