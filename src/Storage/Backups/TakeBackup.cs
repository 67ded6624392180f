using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using Rally.Storage.Migrations;

namespace Rally.Storage.Backups;

/// <summary>
/// Copies every module's tables as they are at one moment into a folder, while other processes go on writing: a SQLite
/// file whatever the engine, the keys, and backup.json with a hash over each table.
/// </summary>
/// <param name="store">See <see cref="StoreSetting"/>.</param>
/// <param name="sets">The migrations of the modules that run here.</param>
/// <param name="time">For the time in backup.json.</param>
public sealed class TakeBackup(string store, IEnumerable<MigrationSet> sets, TimeProvider time)
{
    private readonly List<MigrationSet> _sets = [.. sets];

    /// <param name="Folder">Where to; it must not exist, or be empty.</param>
    /// <param name="Keys">Where the program's keys are.</param>
    public sealed record Request(string Folder, IReadOnlyList<KeyFolder> Keys);

    /// <param name="Folder">Where the backup is, as a full path.</param>
    /// <param name="Store">The store it was taken of; never a secret.</param>
    /// <param name="Tables">How many tables.</param>
    /// <param name="Rows">How many rows, over all tables.</param>
    /// <param name="Keys">How many files of keys.</param>
    public sealed record Result(string Folder, string Store, int Tables, long Rows, int Keys);

    /// <summary>Takes the backup; unless this returns, the folder is not there.</summary>
    /// <exception cref="BackupException">The store cannot be backed up, or the folder cannot be written.</exception>
    public async Task<Result> ExecuteAsync(Request request, IProgress<BackupProgress>? progress = null, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var setting = StoreSetting.Parse(store);
        using var folder = BackupFolder.Begin(request.Folder);
        try
        {
            var takenAt = time.GetUtcNow();
            var tables = await StoreSnapshot.ReadAsync(setting, from => CopyAsync(setting, from, folder.Store, progress, stop), stop).ConfigureAwait(false);
            // After the store: whatever a secret in it was encrypted with, or its log is signed with, is there by now.
            var keys = await KeyFiles.SaveAsync(request.Keys, folder.Keys, stop).ConfigureAwait(false);
            var engine = setting.Engine == Engine.Sqlite ? "sqlite" : "postgres";
            await new BackupManifest(BackupManifest.CurrentFormat, takenAt, engine, tables, keys, "")
                .WriteAsync(folder.Manifest, stop).ConfigureAwait(false);
            folder.Finish();
            return new(folder.Path, $"{setting}", tables.Count, tables.Sum(table => table.Rows), keys.Count);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or SqliteException)
        {
            throw new BackupException($"The backup cannot be taken: {fault.Message} Nothing is left at {request.Folder}.", fault);
        }
    }

    private async Task<IReadOnlyList<BackupManifest.Table>> CopyAsync(
        StoreSetting setting, StoreTables from, string file, IProgress<BackupProgress>? progress, CancellationToken stop)
    {
        TableFit.CheckVersions($"{setting}", await from.MigrationsAsync(stop).ConfigureAwait(false), _sets);
        await StoreFile.CreateAsync(file, _sets, time, stop).ConfigureAwait(false);
        var connection = StoreSnapshot.OpenFile(file, SqliteOpenMode.ReadWrite);
        await using (connection.ConfigureAwait(false))
        {
            // The file is thrown away unless it gets whole, and flushed at the end: no journal, no flush on the way.
            await connection.ExecuteAsync(
                "PRAGMA journal_mode = DELETE; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF;").ConfigureAwait(false);
            await connection.ExecuteAsync("BEGIN TRANSACTION").ConfigureAwait(false);
            var to = StoreTables.Of(connection);
            var tables = await StoreFile.TablesAsync(to, stop).ConfigureAwait(false);
            TableFit.CheckShapes($"{setting}", tables, await from.ShapesAsync(stop).ConfigureAwait(false), _sets);
            await to.PrepareForCopyAsync(tables, stop).ConfigureAwait(false);
            var copied = new List<BackupManifest.Table>();
            foreach (var table in tables)
            {
                await to.ClearAsync(table, stop).ConfigureAwait(false); // of what migrations put there
                var (rows, hash) = await TableCopier.CopyAsync(from, to, table, progress, stop).ConfigureAwait(false);
                copied.Add(new(table.Name, rows, hash));
            }

            await connection.ExecuteAsync("COMMIT TRANSACTION").ConfigureAwait(false);
            return [.. copied.OrderBy(table => table.Name, StringComparer.Ordinal)];
        }
    }
}
