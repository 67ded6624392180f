using Dapper;
using Rally.Storage.Migrations;

namespace Rally.Storage.Tests;

/// <summary>What the tests start as another process: <c>hold</c>, <c>migrate</c> or <c>write</c>, and a store's setting.</summary>
internal static class Program
{
    public const int ZooScripts = 8;

    /// <summary>Migrations whose tables collide when two processes apply them at once.</summary>
    public static MigrationSet Zoo { get; } = ScriptAssembly.Set(
        [.. Enumerable.Range(1, ZooScripts).Select(i => ($"{i:0000}-cage.sql", $"CREATE TABLE zoo_cage_{i} (name TEXT)"))]);

    private static async Task<int> Main(string[] arguments)
    {
        if (arguments is not [var verb, var setting])
            return 2;
        await using var database = Database.Open(setting);
        switch (verb)
        {
            case "hold":
                Console.WriteLine("open");
                Console.ReadLine();
                return 0;
            case "migrate":
                Console.WriteLine(await new Migrator(database, [Zoo], TimeProvider.System).RunAsync());
                return 0;
            case "write":
                await WriteUntilKilledAsync(database);
                return 0;
            default:
                return 2;
        }
    }

    // Each transaction writes two rows, and its number is printed only once it is committed.
    private static async Task WriteUntilKilledAsync(Database database)
    {
        while (true)
        {
            var number = await database.WriteAsync(async transaction =>
            {
                var next = 1 + await transaction.Connection!.ExecuteScalarAsync<long>(
                    "SELECT coalesce(max(number), 0) FROM pair", transaction: transaction);
                await transaction.Connection!.ExecuteAsync("INSERT INTO pair (number, half) VALUES (@next, 1)", new { next }, transaction);
                await transaction.Connection!.ExecuteAsync("INSERT INTO pair (number, half) VALUES (@next, 2)", new { next }, transaction);
                return next;
            });
            Console.WriteLine(number);
        }
    }
}
