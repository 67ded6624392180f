using System.Globalization;
using System.Text.RegularExpressions;

namespace Rally.Architecture.Tests.Rules;

/// <summary>A project's embedded SQL files are numbered 1, 2, 3 … for each engine, and none is overlooked by the migrator.</summary>
internal static partial class MigrationRule
{
    public static IEnumerable<string> Violations(string project, IEnumerable<string> resources)
    {
        var files = resources.Where(name => name.EndsWith(".sql", StringComparison.Ordinal)).ToList();
        foreach (var file in files.Where(file => !Form().IsMatch(file)))
            yield return $"{project}: {file} is not called migrations/0001-name.sql, .sqlite.sql or .postgres.sql";
        foreach (var engine in (string[])["sqlite", "postgres"])
        {
            var numbers = files.Select(file => Form().Match(file))
                .Where(match => match.Success && (!match.Groups["engine"].Success || match.Groups["engine"].Value == engine))
                .Select(match => int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture))
                .Order();
            if (!numbers.SequenceEqual(Enumerable.Range(1, numbers.Count())))
                yield return $"{project}: its migrations for {engine} are {string.Join(", ", numbers)}";
        }
    }

    [GeneratedRegex(@"^migrations/(?<number>\d{4})-[a-z0-9-]+(\.(?<engine>sqlite|postgres))?\.sql$")]
    private static partial Regex Form();
}
