using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Rally.Storage.Migrations;

/// <summary>
/// One module's numbered SQL files, embedded in its assembly from its <c>Store/Migrations</c> folder:
/// <c>0001-name.sql</c> for both engines, or <c>0001-name.sqlite.sql</c> and <c>0001-name.postgres.sql</c>.
/// </summary>
/// <param name="Module">The module's name, which its tables carry as prefix.</param>
/// <param name="Assembly">Where the files are embedded.</param>
public sealed partial record MigrationSet(string Module, Assembly Assembly)
{
    /// <summary>A file as one engine sees it.</summary>
    /// <param name="Number">From 1, without gaps.</param>
    /// <param name="Name">What it is called after the number.</param>
    /// <param name="Sql">Its statements.</param>
    /// <param name="Hash">SHA-256 of its text with LF line ends, in hexadecimal.</param>
    internal sealed record Script(long Number, string Name, string Sql, string Hash);

    internal IReadOnlyList<Script> ScriptsFor(Engine engine)
    {
        var wanted = engine == Engine.Sqlite ? "sqlite" : "postgres";
        var scripts = Assembly.GetManifestResourceNames()
            .Select(resource => (resource, match: FileName().Match(resource)))
            .Where(file => file.match.Success && file.match.Groups["engine"] is var only && (!only.Success || only.Value == wanted))
            .Select(file => Read(file.resource, file.match))
            .OrderBy(script => script.Number)
            .ToList();
        for (var i = 0; i < scripts.Count; i++)
        {
            if (scripts[i].Number != i + 1)
                throw new InvalidOperationException(
                    $"Migrations of {Module} must be numbered 1, 2, 3 …; number {i + 1} is missing or there twice for {engine}.");
        }

        return scripts;
    }

    private Script Read(string resource, Match match)
    {
        using var reader = new StreamReader(Assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        var sql = reader.ReadToEnd().ReplaceLineEndings("\n");
        return new Script(
            long.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture),
            match.Groups["name"].Value,
            sql,
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql))));
    }

    [GeneratedRegex(@"^migrations/(?<number>\d{4})-(?<name>[a-z0-9-]+)(\.(?<engine>sqlite|postgres))?\.sql$")]
    private static partial Regex FileName();
}
