using System.Globalization;
using Dapper;
using Rally.Storage.Backups;
using Rally.Storage.Migrations;
using Rally.Testing;
using Xunit;

namespace Rally.Storage.Tests.Backups;

/// <summary>A store with every kind of column, key and reference, and its backups in a folder of the test's own.</summary>
internal sealed class BackupZoo : IAsyncDisposable
{
    public const int Visits = 25_000;

    private static readonly FakeClock Clock = new();

    private readonly TestDatabase _test;
    private readonly TemporaryFolder _folder;

    private BackupZoo(TestDatabase test, TemporaryFolder folder)
    {
        _test = test;
        _folder = folder;
    }

    public static MigrationSet Set { get; } = ScriptAssembly.Set(
        ("0001-zoo.sqlite.sql", Tables("INTEGER PRIMARY KEY", "INTEGER PRIMARY KEY AUTOINCREMENT")),
        ("0001-zoo.postgres.sql", Tables("BIGINT PRIMARY KEY", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY")),
        ("0002-director.sqlite.sql", "INSERT INTO zoo_keeper (id, name, is_head) VALUES (x'01', 'Director', true)"),
        ("0002-director.postgres.sql", "INSERT INTO zoo_keeper (id, name, is_head) VALUES ('\\x01', 'Director', true)"));

    public static TheoryData<Engine, Engine> Pairs()
    {
        Engine[] engines = TestDatabase.PostgresServer is null ? [Engine.Sqlite] : [Engine.Sqlite, Engine.Postgres];
        var pairs = new TheoryData<Engine, Engine>();
        foreach (var from in engines)
        {
            foreach (var to in engines)
                pairs.Add(from, to);
        }

        return pairs;
    }

    public string Setting => _test.Setting;

    /// <summary>The program's keys folder, with one key in it after <see cref="FilledAsync"/>.</summary>
    public string Keys => In("keys");

    /// <summary>Its other keys, which it shares with other stores.</summary>
    public string SharedKeys => In("keys/shared");

    public IReadOnlyList<KeyFolder> KeyFolders => [new(Keys, "*.xml"), new(SharedKeys, "*.pem", "shared") { IsShared = true }];

    public string In(string name) => Path.Combine(_folder.Path, name);

    /// <summary>A store that nobody has opened.</summary>
    public static async Task<BackupZoo> NewAsync(Engine engine) => new(await TestDatabase.CreateAsync(engine), new());

    public static async Task<BackupZoo> FilledAsync(Engine engine)
    {
        var zoo = await NewAsync(engine);
        await using var database = await zoo.OpenAsync();
        await database.WriteAsync(async transaction =>
        {
            var connection = transaction.Connection!;
            await connection.ExecuteAsync(
                "INSERT INTO zoo_keeper (id, name, pay, photo, is_head, height) VALUES (@Id, @Name, @Pay, @Photo, @IsHead, @Height)",
                (object[])
                [
                    new { Id = (byte[])[0], Name = "", Pay = (long?)long.MinValue, Photo = (byte[])[], IsHead = (bool?)false, Height = (double?)1.0 / 3 },
                    new { Id = (byte[])[0, 255], Name = "Zoë 🦁 'quoted' \"too\"\n\t", Pay = (long?)long.MaxValue, Photo = new byte[100_000], IsHead = (bool?)true, Height = (double?)-double.MaxValue },
                    new { Id = (byte[])[128], Name = "zoe", Pay = (long?)null, Photo = (byte[]?)null, IsHead = (bool?)null, Height = (double?)null },
                    new { Id = (byte[])[255], Name = "Ärzte", Pay = (long?)0, Photo = (byte[])[0, 1, 2], IsHead = (bool?)true, Height = (double?)-0.0 },
                ], transaction);
            // The child's name comes before its mother's.
            await connection.ExecuteAsync("INSERT INTO zoo_animal VALUES ('b', @keeper, NULL)", new { keeper = new byte[] { 128 } }, transaction);
            await connection.ExecuteAsync("INSERT INTO zoo_animal VALUES ('a', NULL, 'b'), ('B', NULL, 'a'), ('É', NULL, NULL), ('_', NULL, NULL)", transaction: transaction);
            await connection.ExecuteAsync("INSERT INTO zoo_note VALUES ('same', 1), ('same', 1), (NULL, 1), ('x', NULL), (NULL, NULL)", transaction: transaction);
            await connection.ExecuteAsync("INSERT INTO zoo_ticket (price) VALUES (5), (6), (7)", transaction: transaction);
            await connection.ExecuteAsync("DELETE FROM zoo_ticket WHERE price = 6", transaction: transaction);
            for (var i = 0; i < Visits; i += 1000)
            {
                var values = string.Join(", ", Enumerable.Range(i, 1000).Select(n => string.Create(CultureInfo.InvariantCulture, $"({n}, 'visitor {n}')")));
                await connection.ExecuteAsync($"INSERT INTO zoo_visit VALUES {values}", transaction: transaction);
            }
        });
        Directory.CreateDirectory(zoo.Keys);
        await File.WriteAllTextAsync(Path.Combine(zoo.Keys, "key-1.xml"), "<key>secret</key>");
        return zoo;
    }

    /// <summary>Opens the store as the program does, with its tables made.</summary>
    public async Task<Database> OpenAsync(params MigrationSet[] sets)
    {
        var database = Database.Open(Setting);
        await new Migrator(database, sets is [] ? [Set] : sets, Clock).RunAsync();
        return database;
    }

    public Task<TakeBackup.Result> BackupAsync(string folder, params MigrationSet[] sets) =>
        new TakeBackup(Setting, sets is [] ? [Set] : sets, Clock).ExecuteAsync(new(folder, KeyFolders));

    public Task<RestoreBackup.Result> RestoreAsync(string folder, params MigrationSet[] sets) =>
        new RestoreBackup(Setting, sets is [] ? [Set] : sets, Clock).ExecuteAsync(new(folder, KeyFolders));

    /// <summary>Every row of every table as text, read by plain SQL.</summary>
    public async Task<string[]> RowsAsync()
    {
        await using var database = Database.Open(Setting);
        var rows = new List<string>();
        foreach (var table in (string[])["keeper", "animal", "visit", "note", "ticket"])
        {
            foreach (IDictionary<string, object?> row in await database.ReadAsync(connection => connection.QueryAsync($"SELECT * FROM zoo_{table}")))
                rows.Add($"{table}: {string.Join(", ", row.Values.Select(Text))}");
        }

        return [.. rows.Order(StringComparer.Ordinal)];
    }

    public async Task<bool> HasTablesAsync()
    {
        await using var database = Database.Open(Setting);
        var catalog = database.Engine == Engine.Sqlite ? "sqlite_master WHERE name" : "pg_tables WHERE tablename";
        return await database.ReadAsync(connection => connection.ExecuteScalarAsync<long>($"SELECT count(*) FROM {catalog} LIKE 'zoo_%'")) > 0;
    }

    public async ValueTask DisposeAsync()
    {
        await _test.DisposeAsync();
        _folder.Dispose();
    }

    private static string Text(object? value) => value switch
    {
        null => "NULL",
        byte[] bytes => $"x'{Convert.ToHexString(bytes)}'",
        bool truth => truth ? "1" : "0",
        double number => (number + 0.0).ToString("R", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    // By name, animals come before the keepers they reference.
    private static string Tables(string key, string counted) =>
        $"""
        CREATE TABLE zoo_keeper (
          id BYTEA NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE, pay BIGINT, photo BYTEA, is_head BOOLEAN, height DOUBLE PRECISION);
        CREATE TABLE zoo_animal (
          name TEXT NOT NULL PRIMARY KEY, keeper BYTEA REFERENCES zoo_keeper (id), mother TEXT REFERENCES zoo_animal (name));
        CREATE TABLE zoo_visit (position {key}, who TEXT NOT NULL);
        CREATE TABLE zoo_note (words TEXT, stars BIGINT);
        CREATE TABLE zoo_ticket (number {counted}, price BIGINT NOT NULL);
        """;
}
