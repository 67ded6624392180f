using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rally.Sandbox.DiscordServer.Rest;

/// <summary>Names and descriptions of commands in other languages: a map from one of Discord's locales to a text.</summary>
internal static class Localizations
{
    /// <summary>The languages Discord's client has (AvailableLocalesEnum of its OpenAPI document).</summary>
    public static IReadOnlySet<string> Locales { get; } = new HashSet<string>
    {
        "ar", "bg", "cs", "da", "de", "el", "en-GB", "en-US", "es-419", "es-ES", "fi", "fr", "he", "hi", "hr", "hu", "id", "it", "ja", "ko",
        "lt", "nl", "no", "pl", "pt-BR", "ro", "ru", "sv-SE", "th", "tr", "uk", "vi", "zh-CN", "zh-TW",
    };

    /// <summary>Checks a map and notes what is wrong with it.</summary>
    /// <param name="field">Such as <c>description_localizations</c>.</param>
    /// <param name="max">Most characters of a text; the least is one.</param>
    /// <param name="isText">Whether a text is one that may stand there.</param>
    public static void Check(Form form, string field, int max, Func<string, bool>? isText = null)
    {
        if (form.Child(field) is not { } map)
            return;
        foreach (var locale in map.Json.Select(pair => pair.Key).ToArray())
        {
            if (!Locales.Contains(locale))
                map.Wrong(locale, "ENUM_TYPE_COERCE", $"Value \"{locale}\" is not a valid locale.");
            else if (map.Text(locale, 1, max, required: true) is { } text && isText?.Invoke(text) == false)
                map.Wrong(locale, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid");
        }
    }

    /// <summary>The length of a text that counts for a command's size: of all its languages the longest.</summary>
    public static int Longest(JsonObject json, string field) =>
        ((json[field + "_localizations"] as JsonObject)?.Select(pair => pair.Value) ?? [])
            .Append(json[field])
            .Max(text => text?.GetValueKind() == JsonValueKind.String ? text.GetValue<string>().Length : 0);

    /// <summary>The map as Discord keeps it: null for an empty one.</summary>
    public static JsonNode? Kept(Form form, string field) => form.Json[field] is JsonObject { Count: > 0 } map ? map.DeepClone() : null;

    /// <summary>The text as a person with this language is shown it.</summary>
    public static string Shown(JsonObject json, string field, string locale) =>
        $"{(json[field + "_localizations"] as JsonObject)?[locale] ?? json[field]}";
}
