using System.Text.RegularExpressions;
using Rally.Architecture.Tests.Reading;

namespace Rally.Architecture.Tests.Rules;

/// <summary>What the text of a source file may not be or hold.</summary>
internal static partial class SourceRules
{
    private const int MostLines = 300;

    // Each with why it may be longer.
    private static readonly HashSet<string> LongFiles = [];

    public static IEnumerable<string> TooLong(IEnumerable<SourceFile> files) =>
        from file in files
        let lines = file.Text.AsSpan().Count('\n')
        where lines > MostLines && !LongFiles.Contains(file.Path)
        select $"{file.Path} has {lines} lines, more than {MostLines}";

    /// <summary>Wall clocks and unseeded randomness are banned by an analyzer (RS0030); nobody may switch it off.</summary>
    public static IEnumerable<string> BanSwitchedOff(IEnumerable<SourceFile> files) =>
        from file in files
        where Switch().IsMatch(file.Text)
        select $"{file.Path} switches off the ban on wall clocks and unseeded randomness";

    /// <summary>Discord's protocol code must read as if the rest did not exist.</summary>
    public static IEnumerable<string> WordsOfOursInDiscordApi(IEnumerable<SourceFile> files) =>
        from file in files
        where file.Path.StartsWith("src/Bot/DiscordApi/", StringComparison.Ordinal)
        from line in file.Text.Split('\n')
        where OurWords().IsMatch(OwnNamespace().Replace(line, ""))
        select $"{file.Path} speaks of ours: {line.Trim()}";

    [GeneratedRegex(@"#pragma\s+warning\s+disable\s*($|//|.*RS0030)|SuppressMessage\s*\([^)]*RS0030", RegexOptions.Multiline)]
    private static partial Regex Switch();

    [GeneratedRegex(@"rally|\bcoins?\b", RegexOptions.IgnoreCase)]
    private static partial Regex OurWords();

    [GeneratedRegex(@"^\s*(namespace|(global\s+)?using(\s+static)?(\s+\w+\s*=)?)\s+Rally\.Bot\.DiscordApi\b")]
    private static partial Regex OwnNamespace();
}
