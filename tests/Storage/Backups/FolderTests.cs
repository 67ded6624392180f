using Dapper;
using Microsoft.Data.Sqlite;
using Rally.Storage.Backups;
using Rally.Testing;
using Xunit;

namespace Rally.Storage.Tests.Backups;

/// <summary>The folder a backup is written to, and the keys in it.</summary>
public sealed class FolderTests : IAsyncLifetime
{
    private BackupZoo? _zoo;

    private BackupZoo Zoo => _zoo!;

    public async Task InitializeAsync() => _zoo = await BackupZoo.FilledAsync(Engine.Sqlite);

    public async Task DisposeAsync() => await Zoo.DisposeAsync();

    [Fact]
    public async Task A_backup_is_readable_by_its_owner_only_and_nothing_else_is_left()
    {
        var taken = await Zoo.BackupAsync(Zoo.In("backup"));

        Assert.Equal(["backup", "keys"], Names(Zoo.In("")));
        Assert.Equal(["backup.json", "keys", "rally.db"], Names(taken.Folder));
        if (OperatingSystem.IsWindows())
            return;
        const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(OwnersFile | UnixFileMode.UserExecute, File.GetUnixFileMode(taken.Folder));
        Assert.Equal(OwnersFile | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(taken.Folder, "keys")));
        foreach (var file in Directory.EnumerateFiles(taken.Folder, "*", SearchOption.AllDirectories))
            Assert.Equal(OwnersFile, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task An_empty_folder_is_taken_and_one_with_files_is_not()
    {
        Directory.CreateDirectory(Zoo.In("backup"));
        await Zoo.BackupAsync(Zoo.In("backup"));
        var before = await File.ReadAllBytesAsync(Zoo.In("backup/backup.json"));

        var refused = await Assert.ThrowsAsync<BackupException>(() => Zoo.BackupAsync(Zoo.In("backup")));

        Assert.Contains("is there already", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(Zoo.In("backup/backup.json")));
    }

    [Fact]
    public async Task A_place_that_cannot_be_written_to_is_said()
    {
        await File.WriteAllTextAsync(Zoo.In("file"), "in the way");

        var refused = await Assert.ThrowsAsync<BackupException>(() => Zoo.BackupAsync(Zoo.In("file/backup")));

        Assert.Contains("cannot be written to", refused.Message, StringComparison.Ordinal);
        Assert.Equal(["file", "keys"], Names(Zoo.In("")));
    }

    [Fact]
    public async Task A_backup_that_is_stopped_halfway_leaves_nothing()
    {
        using var stop = new CancellationTokenSource();
        var progress = new Tell(report =>
        {
            if (report is { Table: "zoo_visit", Rows: > 0 and < BackupZoo.Visits })
                stop.Cancel();
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            new TakeBackup(Zoo.Setting, [BackupZoo.Set], new FakeClock()).ExecuteAsync(new(Zoo.In("backup"), Zoo.KeyFolders), progress, stop.Token));

        Assert.Equal(["keys"], Names(Zoo.In("")));
    }

    [Theory, EachEngine]
    public async Task A_restore_that_is_stopped_halfway_can_be_done_again(Engine engine)
    {
        await using var target = await BackupZoo.NewAsync(engine);
        await Zoo.BackupAsync(Zoo.In("backup"));
        using var stop = new CancellationTokenSource();
        var progress = new Tell(report =>
        {
            if (report is { Step: BackupStep.Copying, Table: "zoo_visit", Rows: > 0 and < BackupZoo.Visits })
                stop.Cancel();
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new RestoreBackup(target.Setting, [BackupZoo.Set], new FakeClock())
            .ExecuteAsync(new(Zoo.In("backup"), target.KeyFolders), progress, stop.Token));
        Assert.Single(await target.RowsAsync()); // as its migrations made it
        Assert.False(Directory.Exists(target.Keys));

        await target.RestoreAsync(Zoo.In("backup"));
        Assert.Equal(await Zoo.RowsAsync(), await target.RowsAsync());
    }

    [Theory, EachEngine]
    public async Task Progress_tells_of_every_table_to_its_last_row(Engine engine)
    {
        await using var target = await BackupZoo.NewAsync(engine);
        var told = new List<BackupProgress>();
        await Zoo.BackupAsync(Zoo.In("backup"));
        await new RestoreBackup(target.Setting, [BackupZoo.Set], new FakeClock())
            .ExecuteAsync(new(Zoo.In("backup"), target.KeyFolders), new Tell(told.Add));

        Assert.Contains(new(BackupStep.Copying, "zoo_visit", 0, BackupZoo.Visits), told);
        Assert.Contains(new(BackupStep.Copying, "zoo_visit", 10_000, BackupZoo.Visits), told);
        Assert.Contains(new(BackupStep.Copying, "zoo_visit", BackupZoo.Visits, BackupZoo.Visits), told);
        Assert.Equal(2, told.Count(report => report == new BackupProgress(BackupStep.Checking, "zoo_visit", BackupZoo.Visits, BackupZoo.Visits)));
    }

    [Fact]
    public async Task Keys_of_another_store_are_not_mixed_with_a_backups()
    {
        await using var target = await BackupZoo.NewAsync(Engine.Sqlite);
        await Zoo.BackupAsync(Zoo.In("backup"));
        Directory.CreateDirectory(target.Keys);
        await File.WriteAllTextAsync(Path.Combine(target.Keys, "key-2.xml"), "<other/>");

        var refused = await Assert.ThrowsAsync<BackupException>(() => target.RestoreAsync(Zoo.In("backup")));

        Assert.Contains("keys of another store", refused.Message, StringComparison.Ordinal);
        Assert.Equal(["key-2.xml"], Names(target.Keys));
        Assert.False(await target.HasTablesAsync());
    }

    [Fact]
    public async Task Keys_that_are_there_already_stay_with_those_made_since()
    {
        await using var target = await BackupZoo.NewAsync(Engine.Sqlite);
        await Zoo.BackupAsync(Zoo.In("backup"));
        await File.WriteAllTextAsync(Path.Combine(Zoo.Keys, "key-2.xml"), "<newer/>");

        await new RestoreBackup(target.Setting, [BackupZoo.Set], new FakeClock()).ExecuteAsync(new(Zoo.In("backup"), Zoo.KeyFolders));

        Assert.Equal(["key-1.xml", "key-2.xml"], Names(Zoo.Keys));
    }

    [Fact]
    public async Task A_key_that_was_changed_or_lost_is_refused()
    {
        await using var target = await BackupZoo.NewAsync(Engine.Sqlite);
        await Zoo.BackupAsync(Zoo.In("backup"));
        await File.AppendAllTextAsync(Zoo.In("backup/keys/key-1.xml"), " ");
        var changed = await Assert.ThrowsAsync<BackupException>(() => target.RestoreAsync(Zoo.In("backup")));
        File.Delete(Zoo.In("backup/keys/key-1.xml"));
        var lost = await Assert.ThrowsAsync<BackupException>(() => target.RestoreAsync(Zoo.In("backup")));

        Assert.Contains("key-1.xml is missing or not as it was written", changed.Message, StringComparison.Ordinal);
        Assert.Equal(changed.Message, lost.Message);
        Assert.False(await target.HasTablesAsync());
    }

    [Fact]
    public async Task Keys_of_another_folder_come_along_and_go_where_the_program_looks_for_them()
    {
        await using var target = await BackupZoo.NewAsync(Engine.Sqlite);
        Directory.CreateDirectory(Zoo.SharedKeys);
        await File.WriteAllTextAsync(Path.Combine(Zoo.SharedKeys, "one.pem"), "-----");
        await File.WriteAllTextAsync(Path.Combine(Zoo.SharedKeys, "one.pem.new"), "half of ano");
        Directory.CreateDirectory(target.SharedKeys);
        await File.WriteAllTextAsync(Path.Combine(target.SharedKeys, "another-stores.pem"), "---");

        var taken = await Zoo.BackupAsync(Zoo.In("backup"));
        var restored = await target.RestoreAsync(taken.Folder);

        Assert.Equal((2, 2), (taken.Keys, restored.Keys));
        Assert.Equal(["key-1.xml", "shared"], Names(target.Keys));
        Assert.Equal(["another-stores.pem", "one.pem"], Names(target.SharedKeys));
        Assert.Equal("-----", await File.ReadAllTextAsync(Path.Combine(target.SharedKeys, "one.pem")));
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            Assert.Equal(OwnersFile, File.GetUnixFileMode(Path.Combine(target.SharedKeys, "one.pem")));
            Assert.Equal(OwnersFile, File.GetUnixFileMode(Path.Combine(taken.Folder, "keys", "shared", "one.pem")));
        }
    }

    [Fact]
    public async Task A_key_is_never_written_over_by_another_of_its_name()
    {
        await using var target = await BackupZoo.NewAsync(Engine.Sqlite);
        Directory.CreateDirectory(Zoo.SharedKeys);
        await File.WriteAllTextAsync(Path.Combine(Zoo.SharedKeys, "one.pem"), "-----");
        await Zoo.BackupAsync(Zoo.In("backup"));
        Directory.CreateDirectory(target.SharedKeys);
        await File.WriteAllTextAsync(Path.Combine(target.SharedKeys, "one.pem"), "other");

        var refused = await Assert.ThrowsAsync<BackupException>(() => target.RestoreAsync(Zoo.In("backup")));

        Assert.Contains("one.pem is there and is not the key of that name", refused.Message, StringComparison.Ordinal);
        Assert.Equal("other", await File.ReadAllTextAsync(Path.Combine(target.SharedKeys, "one.pem")));
        Assert.False(await target.HasTablesAsync());
    }

    [Theory]
    [InlineData("../key-1.xml")]
    [InlineData("shared/../../key-1.xml")]
    [InlineData("other/key-1.xml")]
    public async Task A_key_whose_name_leads_elsewhere_is_refused(string name)
    {
        await using var target = await BackupZoo.NewAsync(Engine.Sqlite);
        await Zoo.BackupAsync(Zoo.In("backup"));
        var manifest = await BackupManifest.ReadAsync(Zoo.In("backup/backup.json"), default);
        File.Delete(Zoo.In("backup/backup.json"));
        await (manifest with { Keys = [manifest.Keys[0] with { Name = name }] }).WriteAsync(Zoo.In("backup/backup.json"), default);
        Directory.CreateDirectory(Zoo.In("backup/keys/shared"));
        Directory.CreateDirectory(Zoo.In("backup/keys/other"));
        File.Move(Zoo.In("backup/keys/key-1.xml"), Zoo.In($"backup/keys/{name}"));

        await Assert.ThrowsAsync<BackupException>(() => target.RestoreAsync(Zoo.In("backup")));

        Assert.False(Directory.Exists(target.Keys));
        if (await target.HasTablesAsync())
            Assert.Single(await target.RowsAsync()); // as its migrations made it
    }

    [Fact]
    public async Task A_backup_of_the_first_format_is_restored()
    {
        await using var target = await BackupZoo.NewAsync(Engine.Sqlite);
        await Zoo.BackupAsync(Zoo.In("backup"));
        var manifest = await BackupManifest.ReadAsync(Zoo.In("backup/backup.json"), default);
        File.Delete(Zoo.In("backup/backup.json"));
        await (manifest with { Format = 1 }).WriteAsync(Zoo.In("backup/backup.json"), default);

        Assert.Equal(1, (await target.RestoreAsync(Zoo.In("backup"))).Keys);

        Assert.Equal(await Zoo.RowsAsync(), await target.RowsAsync());
    }

    [Fact]
    public async Task Keys_that_a_restore_left_behind_before_it_failed_do_not_stand_in_the_way()
    {
        await using var target = await BackupZoo.NewAsync(Engine.Sqlite);
        await File.WriteAllTextAsync(Path.Combine(Zoo.Keys, "key-2.xml"), "<second/>");
        await Zoo.BackupAsync(Zoo.In("backup"));
        Directory.CreateDirectory(target.Keys);
        File.Copy(Path.Combine(Zoo.Keys, "key-1.xml"), Path.Combine(target.Keys, "key-1.xml"));
        await File.WriteAllTextAsync(Path.Combine(target.Keys, "key-2.xml.new"), "<sec");

        await target.RestoreAsync(Zoo.In("backup"));

        Assert.Equal(["key-1.xml", "key-2.xml"], Names(target.Keys));
    }

    [Fact]
    public async Task A_key_that_changes_after_it_was_checked_is_not_restored()
    {
        await using var target = await BackupZoo.NewAsync(Engine.Sqlite);
        await Zoo.BackupAsync(Zoo.In("backup"));
        var progress = new Tell(report =>
        {
            if (report.Step == BackupStep.Copying)
                File.WriteAllText(Zoo.In("backup/keys/key-1.xml"), "<key>changed</key>");
        });

        var refused = await Assert.ThrowsAsync<BackupException>(() => new RestoreBackup(target.Setting, [BackupZoo.Set], new FakeClock())
            .ExecuteAsync(new(Zoo.In("backup"), target.KeyFolders), progress));

        Assert.Contains("key-1.xml is missing or not as it was written", refused.Message, StringComparison.Ordinal);
        Assert.Single(await target.RowsAsync()); // as its migrations made it
        Assert.False(Directory.Exists(target.Keys));
    }

    [Theory, EachEngine]
    public async Task A_file_that_changes_after_it_was_checked_is_not_restored(Engine engine)
    {
        await using var target = await BackupZoo.NewAsync(engine);
        await Zoo.BackupAsync(Zoo.In("backup"));
        File.Copy(Zoo.In("backup/rally.db"), Zoo.In("changed.db"));
        await using (var file = new SqliteConnection($"Data Source={Zoo.In("changed.db")};Pooling=False"))
        {
            file.Open();
            await file.ExecuteAsync("UPDATE zoo_visit SET who = 'visitor 18' WHERE position = 17");
        }

        var progress = new Tell(report =>
        {
            // The last table that is checked: whoever reads it goes on with the file that was there.
            if (report is { Step: BackupStep.Checking, Table: "zoo_visit", Rows: BackupZoo.Visits } && File.Exists(Zoo.In("changed.db")))
                File.Move(Zoo.In("changed.db"), Zoo.In("backup/rally.db"), overwrite: true);
        });
        var refused = await Assert.ThrowsAsync<BackupException>(() => new RestoreBackup(target.Setting, [BackupZoo.Set], new FakeClock())
            .ExecuteAsync(new(Zoo.In("backup"), target.KeyFolders), progress));

        Assert.Contains("The table zoo_visit was read as it was written, and then otherwise", refused.Message, StringComparison.Ordinal);
        Assert.Single(await target.RowsAsync()); // as its migrations made it
        Assert.False(Directory.Exists(target.Keys));
    }

    private static string[] Names(string folder) =>
        [.. Directory.EnumerateFileSystemEntries(folder).Select(entry => Path.GetFileName(entry)!).Order(StringComparer.Ordinal)];

    private sealed class Tell(Action<BackupProgress> tell) : IProgress<BackupProgress>
    {
        public void Report(BackupProgress value) => tell(value);
    }
}
