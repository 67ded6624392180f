using System.Text.RegularExpressions;
using Rally.Bot.Commands;
using Xunit;

namespace Rally.Bot.Tests.Commands;

public sealed partial class LanguageTests
{
    [Fact]
    public void Every_text_is_in_every_language_with_the_same_places()
    {
        var english = Language.English.Words();
        Assert.NotEmpty(english);
        foreach (var language in Language.All)
        {
            var words = language.Words();
            Assert.Equal(english.Keys.Order(), words.Keys.Order());
            Assert.All(words, word => Assert.Equal((word.Key, Places(english[word.Key])), (word.Key, Places(word.Value))));
            Assert.All(words, word => Assert.False(string.IsNullOrWhiteSpace(word.Value), $"{language.Code}: {word.Key}"));
        }
    }

    [Fact]
    public void Every_text_is_said_somewhere_and_what_is_said_is_a_text()
    {
        var said = Sources("*.cs").SelectMany(file => Literals().Matches(file.Text)).Select(match => match.Groups[1].Value).ToHashSet();
        var words = Language.English.Words().Keys;
        // Descriptions and names of commands are found by their place, which the definitions' own tests hold.
        Assert.Empty(words.Where(key => !key.StartsWith("about.", StringComparison.Ordinal) && !key.StartsWith("choice.", StringComparison.Ordinal)).Except(said));
        var keys = said.Where(literal => words.Any(key => key.Split('.')[0] == literal.Split('.')[0]) && KeyForm().IsMatch(literal));
        Assert.Empty(keys.Except(words));
    }

    [Fact]
    public void No_command_has_a_text_of_its_own()
    {
        // Those of /tier say theirs in English still.
        var own = Sources("*.cs").Where(file => !Path.GetFileName(file.Path).StartsWith("Tier", StringComparison.Ordinal));
        var found = from file in own
                    from line in file.Text.Split('\n')
                    where !NotShown().IsMatch(line)
                    from Match literal in Literal().Matches(line)
                    where TwoWords().IsMatch(literal.Groups[1].Value)
                    select $"{Path.GetFileName(file.Path)}: {literal.Value}";
        Assert.Empty(found);
    }

    [Theory]
    [InlineData("en-US", "en")]
    [InlineData("en-GB", "en")]
    [InlineData("es-ES", "es")]
    [InlineData("es-419", "es")]
    [InlineData("fr", "fr")]
    [InlineData("ja", "ja")]
    [InlineData("de", "en")]
    [InlineData(null, "en")]
    public void The_language_is_that_of_the_readers_discord(string? locale, string code) => Assert.Equal(code, Language.Of(locale).Code);

    [Fact]
    public void What_stands_in_a_text_may_have_braces() =>
        Assert.Contains("{0} {x}", Language.English.Say("send.refused", "{0} {x}"), StringComparison.Ordinal);

    [Fact]
    public void A_text_that_is_not_there_is_a_mistake_of_the_program() =>
        Assert.Throws<ArgumentException>(() => Language.English.Say("no.such-text"));

    private static string Places(string text) => string.Join(' ', Place().Matches(text).Select(match => match.Value).Distinct().Order());

    private static IEnumerable<(string Path, string Text)> Sources(string pattern)
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Rally.Bots.sln")))
            folder = Path.GetDirectoryName(folder)!;
        return Directory.GetFiles(Path.Combine(folder, "src/Bot/Commands"), pattern, SearchOption.AllDirectories).Select(path => (path, File.ReadAllText(path)));
    }

    [GeneratedRegex(@"\{\d+\}")]
    private static partial Regex Place();

    [GeneratedRegex("\"([a-z][a-z-]*\\.[a-z.-]+)\"")]
    private static partial Regex Literals();

    [GeneratedRegex(@"^[a-z-]+\.(?!png$)[a-z-]+$")]
    private static partial Regex KeyForm();

    [GeneratedRegex("\"((?:[^\"\\\\]|\\\\.)*)\"")]
    private static partial Regex Literal();

    [GeneratedRegex("[A-Za-z]{2,} [a-z]{2,}")]
    private static partial Regex TwoWords();

    // Comments, logs, faults of the program, SQL, and what is hashed.
    [GeneratedRegex("^\\s*//|log\\.Log|throw |Exception |SELECT|INSERT|DELETE|UPDATE|HashData")]
    private static partial Regex NotShown();
}
