using System.Data.Common;
using Dapper;
using Rally.Storage.Migrations;
using Rally.Testing;
using Xunit;

namespace Rally.Storage.Tests;

public sealed class MigratorTests
{
    private static readonly (string, string) Animals = ("0001-animals.sql", "CREATE TABLE zoo_animal (name TEXT NOT NULL);");
    private static readonly (string, string) Lion = ("0002-lion.sql", "INSERT INTO zoo_animal (name) VALUES ('lion');");
    private static readonly (string, string) Legs =
        ("0003-legs.sql", "ALTER TABLE zoo_animal ADD COLUMN legs BIGINT; UPDATE zoo_animal SET legs = 4;");

    private readonly FakeClock _clock = new();

    [Theory, EachEngine]
    public async Task Files_are_applied_in_order_of_their_numbers(Engine engine)
    {
        await using var test = await TestDatabase.CreateAsync(engine);
        await using var database = Database.Open(test.Setting);

        var applied = await RunAsync(database, ScriptAssembly.Set(Legs, Animals, Lion));

        Assert.Equal(3, applied);
        Assert.Equal(("lion", 4L), await database.ReadAsync(connection =>
            connection.QuerySingleAsync<(string, long)>("SELECT name, legs FROM zoo_animal")));
        Assert.Equal(
            [("zoo", 1L, "animals", _clock.GetUtcNow()), ("zoo", 2L, "lion", _clock.GetUtcNow()), ("zoo", 3L, "legs", _clock.GetUtcNow())],
            await database.ReadAsync(connection => connection.QueryAsync<(string, long, string, DateTimeOffset)>(
                "SELECT module, number, name, applied_at FROM storage_migration ORDER BY number")));
    }

    [Theory, EachEngine]
    public async Task A_second_run_applies_nothing_and_a_third_only_what_is_new(Engine engine)
    {
        await using var test = await TestDatabase.CreateAsync(engine);
        await using var database = Database.Open(test.Setting);
        await RunAsync(database, ScriptAssembly.Set(Animals, Lion));

        Assert.Equal(0, await RunAsync(database, ScriptAssembly.Set(Animals, Lion)));
        Assert.Equal(1, await RunAsync(database, ScriptAssembly.Set(Animals, Lion, Legs)));
    }

    [Theory, EachEngine]
    public async Task Modules_are_numbered_apart(Engine engine)
    {
        await using var test = await TestDatabase.CreateAsync(engine);
        await using var database = Database.Open(test.Setting);
        var farm = new MigrationSet("farm", new ScriptAssembly(("0001-cows.sql", "CREATE TABLE farm_cow (name TEXT)")));

        Assert.Equal(2, await RunAsync(database, ScriptAssembly.Set(Animals), farm));
        Assert.Equal(0, await RunAsync(database, farm, ScriptAssembly.Set(Animals)));
    }

    [Theory, EachEngine]
    public async Task An_applied_file_that_was_edited_is_refused(Engine engine)
    {
        await using var test = await TestDatabase.CreateAsync(engine);
        await using var database = Database.Open(test.Setting);
        await RunAsync(database, ScriptAssembly.Set(Animals, Lion));

        var refused = await Assert.ThrowsAsync<MigrationException>(() =>
            RunAsync(database, ScriptAssembly.Set(Animals, (Lion.Item1, Lion.Item2 + " "), Legs)));

        Assert.Contains("0002-lion of zoo", refused.Message, StringComparison.Ordinal);
        Assert.Equal(2, await CountAsync(database, "storage_migration"));
    }

    [Theory, EachEngine]
    public async Task Line_ends_do_not_count_as_an_edit(Engine engine)
    {
        await using var test = await TestDatabase.CreateAsync(engine);
        await using var database = Database.Open(test.Setting);
        await RunAsync(database, ScriptAssembly.Set(("0001-animals.sql", "CREATE TABLE zoo_animal\n(name TEXT)")));

        Assert.Equal(0, await RunAsync(database, ScriptAssembly.Set(("0001-animals.sql", "CREATE TABLE zoo_animal\r\n(name TEXT)"))));
    }

    [Theory, EachEngine]
    public async Task A_store_newer_than_the_program_is_refused(Engine engine)
    {
        await using var test = await TestDatabase.CreateAsync(engine);
        await using var database = Database.Open(test.Setting);
        await RunAsync(database, ScriptAssembly.Set(Animals, Lion, Legs));

        var refused = await Assert.ThrowsAsync<MigrationException>(() => RunAsync(database, ScriptAssembly.Set(Animals, Lion)));

        Assert.Contains("at version 3, this program knows 2", refused.Message, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task The_tables_of_an_installation_in_another_schema_are_not_taken_for_ones_own()
    {
        await using var test = await TestDatabase.CreateAsync(Engine.Postgres);
        await using (var others = Database.Open(test.Setting))
        {
            await RunAsync(others, ScriptAssembly.Set(Animals));
            await others.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("CREATE SCHEMA own", transaction: transaction));
        }

        await using var own = Database.Open($"{test.Setting};Search Path=own");
        var refused = await Assert.ThrowsAsync<MigrationException>(() => new Migrator(own, [ScriptAssembly.Set(Animals)], _clock).CheckAsync());
        Assert.Contains("at version 0, this program's are at 1", refused.Message, StringComparison.Ordinal);
        await RunAsync(own, ScriptAssembly.Set(Animals));
        await new Migrator(own, [ScriptAssembly.Set(Animals)], _clock).CheckAsync();
    }

    [Theory, EachEngine]
    public async Task A_gap_and_a_number_used_twice_are_refused_before_anything_is_applied(Engine engine)
    {
        await using var test = await TestDatabase.CreateAsync(engine);
        await using var database = Database.Open(test.Setting);

        var gap = await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(database, ScriptAssembly.Set(Animals, Legs)));
        var twice = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            RunAsync(database, ScriptAssembly.Set(Animals, Lion, ("0002-tiger.sql", "SELECT 1"))));

        Assert.Contains("number 2 is missing", gap.Message, StringComparison.Ordinal);
        Assert.Contains("number 3 is missing or there twice", twice.Message, StringComparison.Ordinal);
        Assert.False(await ExistsAsync(database, "zoo_animal"));
    }

    [Theory, EachEngine]
    public async Task Each_engine_applies_the_files_that_are_its_own(Engine engine)
    {
        await using var test = await TestDatabase.CreateAsync(engine);
        await using var database = Database.Open(test.Setting);

        await RunAsync(database, ScriptAssembly.Set(
            ("0001-which.sql", "CREATE TABLE zoo_which (engine TEXT)"),
            ("0002-fill.sqlite.sql", "INSERT INTO zoo_which VALUES ('sqlite')"),
            ("0002-fill.postgres.sql", "INSERT INTO zoo_which VALUES ('postgres')")));

        Assert.Equal(engine == Engine.Sqlite ? "sqlite" : "postgres", await database.ReadAsync(connection =>
            connection.QuerySingleAsync<string>("SELECT engine FROM zoo_which")));
    }

    [Theory, EachEngine]
    public async Task A_file_that_fails_leaves_nothing_of_its_module(Engine engine)
    {
        await using var test = await TestDatabase.CreateAsync(engine);
        await using var database = Database.Open(test.Setting);
        var broken = ("0002-broken.sql", "INSERT INTO zoo_animal (name) VALUES ('lion'); INSERT INTO zoo_nowhere VALUES (1);");

        await Assert.ThrowsAnyAsync<DbException>(() => RunAsync(database, ScriptAssembly.Set(Animals, broken)));

        Assert.False(await ExistsAsync(database, "zoo_animal"));
        Assert.Equal(2, await RunAsync(database, ScriptAssembly.Set(Animals, Lion)));
    }

    [PostgresFact]
    public async Task Processes_that_start_at_once_migrate_PostgreSQL_once()
    {
        await using var test = await TestDatabase.CreateAsync(Engine.Postgres);
        using var first = ChildProcess.Start("migrate", test.Setting);
        using var second = ChildProcess.Start("migrate", test.Setting);
        var here = Enumerable.Range(0, 4).Select(async _ =>
        {
            await using var database = Database.Open(test.Setting);
            return await RunAsync(database, Program.Zoo);
        });

        var applied = await Task.WhenAll(here);
        var elsewhere = await Task.WhenAll(first.ReadLineAsync(), second.ReadLineAsync());

        Assert.Equal(Program.ZooScripts, applied.Sum() + elsewhere.Sum(long.Parse));
    }

    private Task<int> RunAsync(Database database, params MigrationSet[] sets) => new Migrator(database, sets, _clock).RunAsync();

    private static Task<long> CountAsync(Database database, string table) =>
        database.ReadAsync(connection => connection.ExecuteScalarAsync<long>($"SELECT count(*) FROM {table}"));

    private static async Task<bool> ExistsAsync(Database database, string table)
    {
        var catalog = database.Engine == Engine.Sqlite ? "sqlite_master WHERE name" : "pg_tables WHERE tablename";
        return await database.ReadAsync(connection =>
            connection.ExecuteScalarAsync<long>($"SELECT count(*) FROM {catalog} = @table", new { table })) > 0;
    }
}
