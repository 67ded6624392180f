using System.Text.Json.Nodes;
using Dapper;
using Microsoft.Data.Sqlite;
using Rally.Storage.Backups;
using Rally.Storage.Migrations;
using Rally.Testing;
using Xunit;

namespace Rally.Storage.Tests.Backups;

/// <summary>A backup that is damaged or does not fit is refused, with nothing changed.</summary>
public sealed class RefusalTests
{
    private const string OtherCopy = "another copy of this backup";

    public static TheoryData<string, string> Damages => new()
    {
        { "UPDATE zoo_visit SET who = 'visitor 17 ' WHERE position = 17", "The table zoo_visit" },
        { "UPDATE zoo_animal SET keeper = NULL WHERE name = 'b'", "The table zoo_animal" },
        { "DELETE FROM zoo_note WHERE rowid = (SELECT min(rowid) FROM zoo_note)", "The table zoo_note" },
        { "UPDATE zoo_keeper SET photo = CAST(photo AS TEXT) WHERE id = x'FF'", "The table zoo_keeper" },
        { "DROP TABLE zoo_note", "zoo_note" },
        { "CREATE TABLE zoo_extra (a BIGINT)", "zoo_extra" },
    };

    [Theory, MemberData(nameof(Damages))]
    public async Task A_file_that_was_changed_is_refused_and_the_table_named(string change, string named)
    {
        await using var source = await BackupZoo.FilledAsync(Engine.Sqlite);
        await using var target = await BackupZoo.NewAsync(Engine.Sqlite);
        await source.BackupAsync(source.In("backup"));
        await using (var file = new SqliteConnection($"Data Source={source.In("backup/rally.db")};Pooling=False"))
        {
            file.Open();
            await file.ExecuteAsync(change);
        }

        var refused = await Assert.ThrowsAsync<BackupException>(() => target.RestoreAsync(source.In("backup")));

        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
        Assert.False(await target.HasTablesAsync());
        Assert.False(Directory.Exists(target.Keys));
    }

    [Fact]
    public async Task A_file_that_was_cut_off_is_refused()
    {
        await using var source = await BackupZoo.FilledAsync(Engine.Sqlite);
        await using var target = await BackupZoo.NewAsync(Engine.Sqlite);
        await source.BackupAsync(source.In("backup"));
        using (var file = File.OpenWrite(source.In("backup/rally.db")))
            file.SetLength(file.Length / 2);

        var refused = await Assert.ThrowsAsync<BackupException>(() => target.RestoreAsync(source.In("backup")));

        Assert.Contains(OtherCopy, refused.Message, StringComparison.Ordinal);
        Assert.False(await target.HasTablesAsync());
    }

    [Theory]
    [InlineData("takenAt", "\"2020-01-01T00:00:00+00:00\"")]
    [InlineData("tables", "[]")]
    [InlineData("keys", "[]")]
    [InlineData("sha256", "\"\"")]
    [InlineData("extra", "1")]
    public async Task A_changed_backup_json_is_refused(string property, string value)
    {
        await using var source = await BackupZoo.FilledAsync(Engine.Sqlite);
        await using var target = await BackupZoo.NewAsync(Engine.Sqlite);
        await source.BackupAsync(source.In("backup"));
        var file = source.In("backup/backup.json");
        var json = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
        json[property] = JsonNode.Parse(value);
        await File.WriteAllTextAsync(file, json.ToJsonString());

        var refused = await Assert.ThrowsAsync<BackupException>(() => target.RestoreAsync(source.In("backup")));

        Assert.Contains("backup.json is not as it was written", refused.Message, StringComparison.Ordinal);
        Assert.False(await target.HasTablesAsync());
    }

    [Theory]
    [InlineData("{\"format\":3}", "newer program")]
    [InlineData("{\"format\":1}", OtherCopy)]
    [InlineData("[]", OtherCopy)]
    [InlineData("", OtherCopy)]
    public async Task What_is_no_backup_json_of_this_form_is_refused(string text, string words)
    {
        await using var target = await BackupZoo.NewAsync(Engine.Sqlite);
        Directory.CreateDirectory(target.In("backup"));
        await File.WriteAllTextAsync(target.In("backup/backup.json"), text);

        var refused = await Assert.ThrowsAsync<BackupException>(() => target.RestoreAsync(target.In("backup")));

        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_a_backup_in_it_is_refused()
    {
        await using var target = await BackupZoo.NewAsync(Engine.Sqlite);

        var refused = await Assert.ThrowsAsync<BackupException>(() => target.RestoreAsync(target.In("nothing")));

        Assert.Contains("is not a backup", refused.Message, StringComparison.Ordinal);
    }

    [Theory, EachEngine]
    public async Task A_store_with_rows_is_refused_and_left_as_it_is(Engine engine)
    {
        await using var source = await BackupZoo.FilledAsync(Engine.Sqlite);
        await using var target = await BackupZoo.NewAsync(engine);
        await source.BackupAsync(source.In("backup"));
        await using (var database = await target.OpenAsync())
            await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("INSERT INTO zoo_note VALUES ('mine', 1)", transaction: transaction));
        var before = await target.RowsAsync();

        var refused = await Assert.ThrowsAsync<BackupException>(() => target.RestoreAsync(source.In("backup")));

        Assert.Contains("its table zoo_note has 1 rows", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, await target.RowsAsync());
        Assert.False(Directory.Exists(target.Keys));
    }

    [Theory, EachEngine]
    public async Task A_row_that_a_migration_made_does_not_count_until_it_is_changed(Engine engine)
    {
        await using var source = await BackupZoo.FilledAsync(Engine.Sqlite);
        await using var target = await BackupZoo.NewAsync(engine);
        await source.BackupAsync(source.In("backup"));
        await using (var database = await target.OpenAsync())
            await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("UPDATE zoo_keeper SET pay = 1", transaction: transaction));
        var refused = await Assert.ThrowsAsync<BackupException>(() => target.RestoreAsync(source.In("backup")));
        Assert.Contains("zoo_keeper", refused.Message, StringComparison.Ordinal);

        await using (var database = await target.OpenAsync())
            await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("UPDATE zoo_keeper SET pay = NULL", transaction: transaction));
        await target.RestoreAsync(source.In("backup"));

        Assert.Equal(await source.RowsAsync(), await target.RowsAsync());
    }

    [Fact]
    public async Task A_store_that_a_process_has_open_is_refused()
    {
        await using var source = await BackupZoo.FilledAsync(Engine.Sqlite);
        await using var target = await BackupZoo.NewAsync(Engine.Sqlite);
        await source.BackupAsync(source.In("backup"));
        await using var open = Database.Open(target.Setting);

        var refused = await Assert.ThrowsAsync<IOException>(() => target.RestoreAsync(source.In("backup")));

        Assert.Contains("Another process", refused.Message, StringComparison.Ordinal);
    }

    [Theory, EachEngine]
    public async Task A_store_of_another_version_is_not_backed_up(Engine engine)
    {
        await using var zoo = await BackupZoo.NewAsync(engine);
        var one = ("0001-a.sql", "CREATE TABLE zoo_a (n BIGINT)");
        var two = ("0002-b.sql", "CREATE TABLE zoo_b (n BIGINT)");
        var farm = new MigrationSet("farm", new ScriptAssembly(("0001-cow.sql", "CREATE TABLE farm_cow (n BIGINT)")));

        await Database.Open(zoo.Setting).DisposeAsync();
        await RefusedAsync("has no tables of this program", ScriptAssembly.Set(one));
        await (await zoo.OpenAsync(ScriptAssembly.Set(one, two))).DisposeAsync();
        await RefusedAsync("Use the newer program", ScriptAssembly.Set(one));
        await RefusedAsync("start this one once", ScriptAssembly.Set(one, two, ("0003-c.sql", "SELECT 1")));
        await RefusedAsync("has 0002-b of zoo where this program has 0002-other", ScriptAssembly.Set(one, ("0002-other.sql", "SELECT 1")));
        await RefusedAsync("also has tables of zoo", farm);

        async Task RefusedAsync(string words, params MigrationSet[] sets)
        {
            var refused = await Assert.ThrowsAsync<BackupException>(() => zoo.BackupAsync(zoo.In("backup"), sets));
            Assert.Contains(words, refused.Message, StringComparison.Ordinal);
            Assert.Empty(Directory.EnumerateFileSystemEntries(zoo.In("")));
        }
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_not_made()
    {
        await using var zoo = await BackupZoo.NewAsync(Engine.Sqlite);

        var refused = await Assert.ThrowsAsync<BackupException>(() => zoo.BackupAsync(zoo.In("backup")));

        Assert.Contains("There is no SQLite file", refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(StoreSetting.Parse(zoo.Setting).Target));
    }

    [Theory, EachEngine]
    public async Task A_type_that_cannot_be_copied_exactly_is_named(Engine engine)
    {
        var set = ScriptAssembly.Set(("0001-a.sql", "CREATE TABLE zoo_a (n BIGINT PRIMARY KEY, price NUMERIC(10,2))"));
        await using var zoo = await BackupZoo.NewAsync(engine);
        await (await zoo.OpenAsync(set)).DisposeAsync();

        var refused = await Assert.ThrowsAsync<BackupException>(() => zoo.BackupAsync(zoo.In("backup"), set));

        Assert.Contains("zoo_a.price is of the type NUMERIC(10,2)", refused.Message, StringComparison.Ordinal);
    }

    [Theory, EachEngine]
    public async Task Tables_and_columns_that_the_migrations_do_not_make_are_named_before_they_are_lost(Engine engine)
    {
        await using var zoo = await BackupZoo.FilledAsync(engine);
        await ChangeAsync("CREATE TABLE zoo_secret (a BIGINT); CREATE TABLE others (a NUMERIC)");
        var table = await Assert.ThrowsAsync<BackupException>(() => zoo.BackupAsync(zoo.In("backup")));
        await ChangeAsync("DROP TABLE zoo_secret; ALTER TABLE zoo_note ADD COLUMN more BIGINT");
        var column = await Assert.ThrowsAsync<BackupException>(() => zoo.BackupAsync(zoo.In("backup")));
        await ChangeAsync("ALTER TABLE zoo_note DROP COLUMN more");

        Assert.Contains("has a table zoo_secret", table.Message, StringComparison.Ordinal);
        Assert.Contains("The table zoo_note", column.Message, StringComparison.Ordinal);
        Assert.Equal(5, (await zoo.BackupAsync(zoo.In("backup"))).Tables);

        async Task ChangeAsync(string sql)
        {
            await using var database = Database.Open(zoo.Setting);
            await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(sql, transaction: transaction));
        }
    }
}
