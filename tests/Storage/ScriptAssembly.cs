using System.Reflection;
using System.Text;
using Rally.Storage.Migrations;

namespace Rally.Storage.Tests;

/// <summary>An assembly whose embedded migrations a test writes down: file name and SQL.</summary>
internal sealed class ScriptAssembly(params (string File, string Sql)[] scripts) : Assembly
{
    public static MigrationSet Set(params (string File, string Sql)[] scripts) => new("zoo", new ScriptAssembly(scripts));

    public override string[] GetManifestResourceNames() => [.. scripts.Select(script => "migrations/" + script.File)];

    public override Stream? GetManifestResourceStream(string name) =>
        new MemoryStream(Encoding.UTF8.GetBytes(scripts.Single(script => "migrations/" + script.File == name).Sql));
}
