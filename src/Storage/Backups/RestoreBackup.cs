using Rally.Storage.Migrations;

namespace Rally.Storage.Backups;

/// <summary>
/// Puts a backup into an empty store of either engine. The backup is checked whole before the store is touched, all rows
/// are written in one transaction, and it commits only if what the store then holds is what was read.
/// </summary>
/// <param name="store">See <see cref="StoreSetting"/>. No other process may use it meanwhile.</param>
/// <param name="sets">The migrations of the modules that run here.</param>
/// <param name="time">For the migrator.</param>
/// <param name="allowUnsafePostgres">See <see cref="Database.Open"/>.</param>
public sealed class RestoreBackup(string store, IEnumerable<MigrationSet> sets, TimeProvider time, bool allowUnsafePostgres = false)
{
    private readonly List<MigrationSet> _sets = [.. sets];

    /// <param name="Folder">The backup.</param>
    /// <param name="Keys">Where the program's keys are to be.</param>
    public sealed record Request(string Folder, IReadOnlyList<KeyFolder> Keys);

    /// <param name="TakenAt">When the backup was taken.</param>
    /// <param name="Store">The store it is in now; never a secret.</param>
    /// <param name="Tables">How many tables.</param>
    /// <param name="Rows">How many rows, over all tables.</param>
    /// <param name="Keys">How many files of keys.</param>
    public sealed record Result(DateTimeOffset TakenAt, string Store, int Tables, long Rows, int Keys);

    /// <summary>Restores the backup, all of it or nothing.</summary>
    /// <exception cref="BackupException">The backup is damaged, the store is not empty, or the two do not fit.</exception>
    /// <exception cref="MigrationException">The backup is of a newer program.</exception>
    /// <exception cref="IOException">Another process has the SQLite file open.</exception>
    public async Task<Result> ExecuteAsync(Request request, IProgress<BackupProgress>? progress = null, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var setting = StoreSetting.Parse(store);
        using var folder = new BackupFolder(Path.GetFullPath(request.Folder));
        var manifest = await BackupManifest.ReadAsync(folder.Manifest, stop).ConfigureAwait(false);
        KeyFiles.Check(folder.Keys, manifest.Keys);
        KeyFiles.RefuseOthers(request.Keys, manifest.Keys);
        var applied = await StoreFile.CheckAsync(folder, manifest, progress, stop).ConfigureAwait(false);
        TableFit.CheckModules(folder.Store, applied, _sets);

        var scratch = Directory.CreateTempSubdirectory("rally-restore-").FullName;
        try
        {
            var empty = await EmptyStore.MakeAsync(Path.Combine(scratch, "empty.db"), _sets, time, stop).ConfigureAwait(false);
            var file = await UpToDateAsync(folder.Store, applied, Path.Combine(scratch, "rally.db"), stop).ConfigureAwait(false);
            var contents = new Contents(empty, file == folder.Store ? manifest.Tables : []);
            var rows = await StoreSnapshot.ReadFileAsync(
                file, from => FillAsync(setting, from, contents, () => KeyFiles.RestoreAsync(folder.Keys, request.Keys, manifest.Keys, stop), progress, stop))
                .ConfigureAwait(false);
            return new(manifest.TakenAt, $"{setting}", empty.Tables.Count, rows, manifest.Keys.Count);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    /// <summary>A backup of an older program is migrated in a copy: migrations may change rows, and what comes of it is what is restored.</summary>
    private async Task<string> UpToDateAsync(
        string file, IReadOnlyList<StoreTables.AppliedMigration> applied, string copy, CancellationToken stop)
    {
        if (_sets.Sum(set => set.ScriptsFor(Engine.Sqlite).Count) == applied.Count)
        {
            TableFit.CheckVersions(file, applied, _sets);
            return file;
        }

        File.Copy(file, copy);
        await StoreFile.MigrateAsync(copy, _sets, time, stop).ConfigureAwait(false);
        return copy;
    }

    private async Task<long> FillAsync(
        StoreSetting setting, StoreTables from, Contents contents, Func<Task> restoreKeys, IProgress<BackupProgress>? progress, CancellationToken stop)
    {
        var database = Database.Open(setting.ToSetting(), allowUnsafePostgres);
        await using (database.ConfigureAwait(false))
        {
            await database.ReadAsync(async connection =>
            {
                await contents.Empty.RefuseRowsAsync($"{setting}", StoreTables.Of(connection), stop).ConfigureAwait(false);
                return true;
            }, stop).ConfigureAwait(false);
            await new Migrator(database, _sets, time).RunAsync(stop).ConfigureAwait(false);
            return await database.WriteAsync(async transaction =>
            {
                var to = StoreTables.Of(transaction.Connection!, transaction);
                var rows = await FillAsync($"{setting}", from, to, contents, progress, stop).ConfigureAwait(false);
                await restoreKeys().ConfigureAwait(false);
                return rows;
            }, stop).ConfigureAwait(false);
        }
    }

    private async Task<long> FillAsync(
        string name, StoreTables from, StoreTables to, Contents contents, IProgress<BackupProgress>? progress, CancellationToken stop)
    {
        var empty = contents.Empty;
        TableFit.CheckShapes(name, empty.Tables, await to.ShapesAsync(stop).ConfigureAwait(false), _sets);
        await to.PrepareForCopyAsync(empty.Tables, stop).ConfigureAwait(false);
        await empty.RefuseRowsAsync(name, to, stop).ConfigureAwait(false);
        foreach (var table in empty.Tables.Reverse())
            await to.ClearAsync(table, stop).ConfigureAwait(false); // of what migrations put there
        var copied = new Dictionary<TableShape, TableContents>();
        foreach (var table in empty.Tables)
        {
            copied[table] = await TableCopier.CopyAsync(from, to, table, progress, stop).ConfigureAwait(false);
            // The check was another read: the disk, or somebody, may have changed the file since.
            if (contents.Checked.FirstOrDefault(other => other.Name == table.Name) is { } wanted && copied[table] != new TableContents(wanted.Rows, wanted.Sha256))
                throw new BackupException(
                    $"The table {table.Name} was read as it was written, and then otherwise ({copied[table].Rows} rows, {wanted.Rows} at the time). " +
                    "Nothing was restored. Restore from another copy of this backup, on a disk that can be trusted.");
        }

        foreach (var (table, wanted) in copied)
        {
            var found = await TableCopier.ReadAsync(to, table, progress, stop).ConfigureAwait(false);
            if (found != wanted)
                throw new BackupException(
                    $"{name} does not hold what was written to its table {table.Name} ({found.Rows} rows of {wanted.Rows}). Nothing was restored.");
            await to.ContinueSequencesAsync(table, stop).ConfigureAwait(false);
        }

        return copied.Values.Sum(contents => contents.Rows);
    }

    /// <param name="Empty">What the store is like before.</param>
    /// <param name="Checked">What backup.json says of the tables that are copied; nothing where migrations may have changed them.</param>
    private sealed record Contents(EmptyStore Empty, IReadOnlyList<BackupManifest.Table> Checked);
}
