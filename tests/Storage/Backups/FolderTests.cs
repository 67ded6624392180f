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
            new TakeBackup(Zoo.Setting, [BackupZoo.Set], new FakeClock()).ExecuteAsync(new(Zoo.In("backup"), Zoo.Keys), progress, stop.Token));

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
            .ExecuteAsync(new(Zoo.In("backup"), target.Keys), progress, stop.Token));
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
            .ExecuteAsync(new(Zoo.In("backup"), target.Keys), new Tell(told.Add));

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

        await new RestoreBackup(target.Setting, [BackupZoo.Set], new FakeClock()).ExecuteAsync(new(Zoo.In("backup"), Zoo.Keys));

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

    private static string[] Names(string folder) =>
        [.. Directory.EnumerateFileSystemEntries(folder).Select(entry => Path.GetFileName(entry)!).Order(StringComparer.Ordinal)];

    private sealed class Tell(Action<BackupProgress> tell) : IProgress<BackupProgress>
    {
        public void Report(BackupProgress value) => tell(value);
    }
}
