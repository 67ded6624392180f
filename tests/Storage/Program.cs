using Dapper;
using Rally.Storage.Migrations;

namespace Rally.Storage.Tests;

/// <summary>What the tests start as another process: <c>hold</c>, <c>migrate</c>, <c>write</c> or <c>move</c>, and a store's setting.</summary>
internal static class Program
{
    public const int ZooScripts = 8;

    /// <summary>Migrations whose tables collide when two processes apply them at once.</summary>
    public static MigrationSet Zoo { get; } = ScriptAssembly.Set(
        [.. Enumerable.Range(1, ZooScripts).Select(i => ($"{i:0000}-cage.sql", $"CREATE TABLE zoo_cage_{i} (name TEXT)"))]);

    /// <summary>Two tables between which <c>move</c> moves coins.</summary>
    public static MigrationSet Purses { get; } = new("purse", new ScriptAssembly(("0001-purses.sql",
        """
        CREATE TABLE purse_a (number BIGINT NOT NULL PRIMARY KEY, coins BIGINT NOT NULL);
        CREATE TABLE purse_z (number BIGINT NOT NULL PRIMARY KEY, coins BIGINT NOT NULL);
        CREATE TABLE purse_move (number BIGINT NOT NULL PRIMARY KEY);
        """)));

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
            case "move":
                await MoveUntilKilledAsync(database);
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

    // Each transaction takes a coin from one table and puts it into the other, and every tenth is printed once it is committed.
    private static async Task MoveUntilKilledAsync(Database database)
    {
        var random = new Random(3);
        for (var move = 1L; ; move++)
        {
            await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
                """
                UPDATE purse_a SET coins = coins - 1 WHERE number = @from;
                UPDATE purse_z SET coins = coins + 1 WHERE number = @to;
                INSERT INTO purse_move (number) VALUES (@move);
                """, new { from = random.Next(20_000), to = random.Next(20_000), move }, transaction));
            if (move % 10 == 0)
                Console.WriteLine(move);
        }
    }
}
