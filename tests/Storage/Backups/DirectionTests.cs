using System.Text.Json;
using Dapper;
using Rally.Storage.Backups;
using Rally.Storage.Migrations;
using Rally.Testing;
using Xunit;

namespace Rally.Storage.Tests.Backups;

public sealed class DirectionTests
{
    [Theory, MemberData(nameof(BackupZoo.Pairs), MemberType = typeof(BackupZoo))]
    public async Task What_is_restored_is_what_was_backed_up(Engine from, Engine to)
    {
        await using var source = await BackupZoo.FilledAsync(from);
        await using var target = await BackupZoo.NewAsync(to);

        var taken = await source.BackupAsync(source.In("backup"));
        var restored = await target.RestoreAsync(taken.Folder);

        var rows = await source.RowsAsync();
        Assert.Equal(BackupZoo.Visits + 17, rows.Length);
        Assert.Equal(rows, await target.RowsAsync());
        Assert.Equal((rows.Length, 5, 1), (restored.Rows, restored.Tables, restored.Keys));
        Assert.Equal("<key>secret</key>", await File.ReadAllTextAsync(Path.Combine(target.Keys, "key-1.xml")));
    }

    [Theory, MemberData(nameof(BackupZoo.Pairs), MemberType = typeof(BackupZoo))]
    public async Task Backups_of_the_same_rows_have_the_same_hashes_on_every_engine(Engine from, Engine to)
    {
        await using var source = await BackupZoo.FilledAsync(from);
        await using var target = await BackupZoo.NewAsync(to);
        await source.BackupAsync(source.In("first"));
        await target.RestoreAsync(source.In("first"));

        await target.BackupAsync(target.In("second"));

        Assert.Equal(Tables(source.In("first")), Tables(target.In("second")));
    }

    [Theory, MemberData(nameof(BackupZoo.Pairs), MemberType = typeof(BackupZoo))]
    public async Task Numbers_that_count_up_go_on_after_the_last_one(Engine from, Engine to)
    {
        await using var source = await BackupZoo.FilledAsync(from);
        await using var target = await BackupZoo.NewAsync(to);
        await source.BackupAsync(source.In("backup"));
        await target.RestoreAsync(source.In("backup"));

        await using var database = await target.OpenAsync();
        var next = await database.WriteAsync(transaction => transaction.Connection!.ExecuteScalarAsync<long>(
            "INSERT INTO zoo_ticket (price) VALUES (8) RETURNING number", transaction: transaction));

        Assert.Equal(4, next);
    }

    [Theory, EachEngine]
    public async Task A_restored_store_enforces_what_its_migrations_say(Engine engine)
    {
        await using var source = await BackupZoo.FilledAsync(Engine.Sqlite);
        await using var target = await BackupZoo.NewAsync(engine);
        await source.BackupAsync(source.In("backup"));
        await target.RestoreAsync(source.In("backup"));

        await using var database = await target.OpenAsync();

        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => database.WriteAsync(transaction =>
            transaction.Connection!.ExecuteAsync("INSERT INTO zoo_animal VALUES ('orphan', NULL, 'nobody')", transaction: transaction)));
    }

    [Theory, EachEngine]
    public async Task A_backup_of_an_older_program_is_brought_up_to_date(Engine engine)
    {
        var before = ScriptAssembly.Set(("0001-a.sql", "CREATE TABLE zoo_a (n BIGINT PRIMARY KEY)"));
        var now = ScriptAssembly.Set(
            ("0001-a.sql", "CREATE TABLE zoo_a (n BIGINT PRIMARY KEY)"),
            ("0002-b.sql", "ALTER TABLE zoo_a ADD COLUMN twice BIGINT; UPDATE zoo_a SET twice = 2 * n;"));
        await using var source = await BackupZoo.NewAsync(engine);
        await using (var database = await source.OpenAsync(before))
            await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("INSERT INTO zoo_a VALUES (21)", transaction: transaction));
        await source.BackupAsync(source.In("backup"), before);
        await using var target = await BackupZoo.NewAsync(engine);

        await target.RestoreAsync(source.In("backup"), now);

        await using var restored = await target.OpenAsync(now);
        Assert.Equal((21L, 42L), await restored.ReadAsync(connection => connection.QuerySingleAsync<(long, long)>("SELECT n, twice FROM zoo_a")));
    }

    [Theory, EachEngine]
    public async Task A_backup_of_a_newer_program_is_refused(Engine engine)
    {
        var newer = ScriptAssembly.Set(("0001-a.sql", "CREATE TABLE zoo_a (n BIGINT)"), ("0002-b.sql", "CREATE TABLE zoo_b (n BIGINT)"));
        var older = ScriptAssembly.Set(("0001-a.sql", "CREATE TABLE zoo_a (n BIGINT)"));
        await using var source = await BackupZoo.NewAsync(engine);
        await (await source.OpenAsync(newer)).DisposeAsync();
        await source.BackupAsync(source.In("backup"), newer);
        await using var target = await BackupZoo.NewAsync(engine);

        var refused = await Assert.ThrowsAsync<MigrationException>(() => target.RestoreAsync(source.In("backup"), older));

        Assert.Contains("start the newer program", refused.Message, StringComparison.Ordinal);
        Assert.False(await target.HasTablesAsync());
    }

    [Fact]
    public async Task The_file_of_a_backup_is_a_store_as_it_stands()
    {
        await using var source = await BackupZoo.FilledAsync(Engine.Sqlite);
        var taken = await source.BackupAsync(source.In("backup"));

        await using var database = Database.Open($"sqlite:{taken.Folder}/rally.db");

        Assert.Equal(0, await new Migrator(database, [BackupZoo.Set], new FakeClock()).RunAsync());
        Assert.Equal(BackupZoo.Visits, await database.ReadAsync(connection => connection.ExecuteScalarAsync<long>("SELECT count(*) FROM zoo_visit")));
    }

    [PostgresFact]
    public async Task Text_that_PostgreSQL_cannot_keep_is_named_and_nothing_is_restored()
    {
        await using var source = await BackupZoo.FilledAsync(Engine.Sqlite);
        await using (var database = await source.OpenAsync())
            await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("INSERT INTO zoo_note VALUES (@words, 1)", new { words = "a\0b" }, transaction));
        await source.BackupAsync(source.In("backup"));
        await using var target = await BackupZoo.NewAsync(Engine.Postgres);

        var refused = await Assert.ThrowsAsync<BackupException>(() => target.RestoreAsync(source.In("backup")));

        Assert.Contains("The table zoo_note", refused.Message, StringComparison.Ordinal);
        Assert.Contains("0x00", refused.Message, StringComparison.Ordinal);
        Assert.Equal(["keeper: x'01', Director, NULL, NULL, 1, NULL"], await target.RowsAsync()); // as its migrations made it
        Assert.False(Directory.Exists(target.Keys));
        await using var sqlite = await BackupZoo.NewAsync(Engine.Sqlite);
        await sqlite.RestoreAsync(source.In("backup"));
        Assert.Equal(await source.RowsAsync(), await sqlite.RowsAsync());
    }

    [Theory, EachEngine]
    public async Task A_store_that_does_not_keep_what_is_written_is_found_out_and_nothing_is_restored(Engine engine)
    {
        await using var source = await BackupZoo.FilledAsync(Engine.Sqlite);
        await source.BackupAsync(source.In("backup"));
        await using var target = await BackupZoo.NewAsync(engine);
        await using (var database = await target.OpenAsync())
            await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
                engine == Engine.Sqlite
                    ? "CREATE TRIGGER zoo_meddle AFTER INSERT ON zoo_note BEGIN UPDATE zoo_note SET stars = 9 WHERE rowid = new.rowid; END;"
                    : """
                      CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.stars := 9; RETURN NEW; END $$;
                      CREATE TRIGGER zoo_meddle BEFORE INSERT ON zoo_note FOR EACH ROW EXECUTE FUNCTION meddle();
                      """, transaction: transaction));

        var refused = await Assert.ThrowsAsync<BackupException>(() => target.RestoreAsync(source.In("backup")));

        Assert.Contains("does not hold what was written to its table zoo_note", refused.Message, StringComparison.Ordinal);
        Assert.Single(await target.RowsAsync()); // as its migrations made it
        Assert.False(Directory.Exists(target.Keys));
    }

    [Fact]
    public async Task Text_that_is_no_UTF_8_is_kept_byte_by_byte()
    {
        await using var source = await BackupZoo.FilledAsync(Engine.Sqlite);
        await using (var database = await source.OpenAsync())
            await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("INSERT INTO zoo_note VALUES (CAST(x'C3FF00' AS TEXT), 77)", transaction: transaction));
        await source.BackupAsync(source.In("backup"));
        await using var target = await BackupZoo.NewAsync(Engine.Sqlite);

        await target.RestoreAsync(source.In("backup"));

        await using var restored = await target.OpenAsync();
        Assert.Equal(("C3FF00", "text"), await restored.ReadAsync(connection => connection.QuerySingleAsync<(string, string)>(
            "SELECT hex(CAST(words AS BLOB)), typeof(words) FROM zoo_note WHERE stars = 77")));
    }

    private static string Tables(string folder)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "backup.json")));
        return document.RootElement.GetProperty("tables").GetRawText();
    }
}
