using System.Net;
using System.Text.Json;

namespace Rally.Bot.DiscordApi.Rest;

/// <summary>Discord's error JSON: <c>{"code", "message", "errors": {"a": {"0": {"_errors": [...]}}}}</c>; also a 429's.</summary>
internal sealed record DiscordErrorBody(int Code, string Message, IReadOnlyList<string> Errors, TimeSpan? RetryAfter, bool Global)
{
    /// <summary>Null when it is not that JSON, as when a proxy before Discord answers.</summary>
    public static DiscordErrorBody? TryRead(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                return null;

            var errors = new List<string>();
            if (root.TryGetProperty("errors", out var nested))
                Flatten(nested, "", errors);
            return new(
                root.TryGetProperty("code", out var code) && code.ValueKind == JsonValueKind.Number && code.TryGetInt32(out var number) ? number : 0,
                root.TryGetProperty("message", out var message) ? message.ToString() : "",
                errors,
                root.TryGetProperty("retry_after", out var after) && after.ValueKind == JsonValueKind.Number
                    ? TimeSpan.FromSeconds(after.GetDouble())
                    : null,
                root.TryGetProperty("global", out var global) && global.ValueKind == JsonValueKind.True);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static DiscordApiException ToException(DiscordErrorBody? body, HttpStatusCode status, Route route) =>
        new(status, body?.Code ?? 0, body?.Message ?? "no reason given", route.ToString(), body?.Errors ?? []);

    private static void Flatten(JsonElement json, string path, List<string> into)
    {
        if (json.ValueKind != JsonValueKind.Object)
            return;
        foreach (var property in json.EnumerateObject())
        {
            if (property.Name != "_errors" || property.Value.ValueKind != JsonValueKind.Array)
            {
                Flatten(property.Value, path.Length == 0 ? property.Name : $"{path}.{property.Name}", into);
                continue;
            }

            foreach (var error in property.Value.EnumerateArray())
                into.Add($"{path}: {(error.TryGetProperty("message", out var message) ? message.ToString() : error.ToString())}");
        }
    }
}
