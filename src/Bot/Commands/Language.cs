using System.Globalization;
using System.Resources;

namespace Rally.Bot.Commands;

/// <summary>
/// A language the bot speaks, with its texts in <c>Words/Words.{code}.resx</c>. They are resources of the one assembly and not of
/// satellites: the program runs without the system's culture data, and so knows no other culture than the invariant one.
/// </summary>
internal sealed class Language
{
    private readonly ResourceManager _words;

    private Language(string code, params IReadOnlyList<string> locales)
    {
        Code = code;
        Locales = locales;
        _words = new($"{typeof(Language).Namespace}.Words.{code}", typeof(Language).Assembly);
    }

    public static Language English { get; } = new("en", "en-US", "en-GB");

    public static IReadOnlyList<Language> All { get; } = [English, new("es", "es-ES", "es-419"), new("fr", "fr"), new("ja", "ja")];

    public string Code { get; }

    /// <summary>As Discord calls it.</summary>
    public IReadOnlyList<string> Locales { get; }

    /// <summary>The language of someone whose Discord is set to a locale; English where the bot does not speak it.</summary>
    public static Language Of(string? locale) => All.FirstOrDefault(language => language.Locales.Contains(locale)) ?? English;

    /// <summary>A text in all languages but English, by Discord's locale, as commands are registered with.</summary>
    public static Dictionary<string, string> Translations(string key) =>
        (from language in All
         where language != English
         from locale in language.Locales
         select KeyValuePair.Create(locale, language.Say(key))).ToDictionary();

    /// <summary>A text with what stands in its places; numbers are written the same in all languages.</summary>
    public string Say(string key, params IReadOnlyList<object?> parts)
    {
        var text = Find(key) ?? throw new ArgumentException($"There is no text {key} in {Code}.", nameof(key));
        return parts.Count == 0 ? text : string.Format(CultureInfo.InvariantCulture, text, [.. parts]);
    }

    public string? Find(string key) => _words.GetString(key, CultureInfo.InvariantCulture);

    /// <summary>All texts by key.</summary>
    public IReadOnlyDictionary<string, string> Words() =>
        _words.GetResourceSet(CultureInfo.InvariantCulture, createIfNotExists: true, tryParents: false)!
            .Cast<System.Collections.DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!);
}
