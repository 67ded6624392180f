using Microsoft.Data.Sqlite;
using Rally.Storage.Files;
using Rally.Storage.Migrations;

namespace Rally.Storage.Backups;

/// <summary>A SQLite file with the tables of this program, in a folder that nobody else writes to.</summary>
internal static class StoreFile
{
    /// <summary>Makes a file that only its owner can read, with the tables and what migrations put into them.</summary>
    public static async Task CreateAsync(string file, IReadOnlyList<MigrationSet> sets, TimeProvider time, CancellationToken stop)
    {
        await DurableFile.CreatePrivate(file).DisposeAsync().ConfigureAwait(false);
        await MigrateAsync(file, sets, time, stop).ConfigureAwait(false);
    }

    /// <summary>Brings a file up to date.</summary>
    /// <exception cref="MigrationException">It is newer than this program, or has other migrations.</exception>
    public static async Task MigrateAsync(string file, IReadOnlyList<MigrationSet> sets, TimeProvider time, CancellationToken stop)
    {
        var database = Database.Open($"sqlite:{file}");
        await using (database.ConfigureAwait(false))
            await new Migrator(database, sets, time).RunAsync(stop).ConfigureAwait(false);
        File.Delete(file + ".lock");
    }

    /// <summary>Its tables but the migrator's own, parents first.</summary>
    public static async Task<IReadOnlyList<TableShape>> TablesAsync(StoreTables file, CancellationToken stop) =>
        TableShape.ParentsFirst((await file.ShapesAsync(stop).ConfigureAwait(false)).Where(table => table.Name != StoreTables.Migrations));

    /// <summary>Checks a backup's file against its backup.json, row by row.</summary>
    /// <returns>What the migrator noted in it.</returns>
    /// <exception cref="BackupException">It is not as it was written.</exception>
    public static async Task<IReadOnlyList<StoreTables.AppliedMigration>> CheckAsync(
        BackupFolder folder, BackupManifest manifest, IProgress<BackupProgress>? progress, CancellationToken stop)
    {
        const string Advice = "Restore from another copy of this backup.";
        try
        {
            return await StoreSnapshot.ReadFileAsync(folder.Store, async file =>
            {
                var tables = await TablesAsync(file, stop).ConfigureAwait(false);
                var names = tables.Select(table => table.Name).ToHashSet();
                var noted = manifest.Tables.Select(table => table.Name).ToHashSet();
                if (!names.SetEquals(noted))
                    throw new BackupException(
                        $"The tables in {folder.Store} are not those it was written with ({string.Join(", ", names.Except(noted).Concat(noted.Except(names)))}). {Advice}");
                foreach (var table in tables)
                {
                    if (table.Columns.Any(column => column.Type is null))
                        throw new BackupException($"The table {table.Name} in {folder.Store} is not as it was written. {Advice}");
                    var wanted = manifest.Tables.Single(other => other.Name == table.Name);
                    var found = await TableCopier.ReadAsync(file, table, progress, stop).ConfigureAwait(false);
                    if (found != new TableContents(wanted.Rows, wanted.Sha256))
                        throw new BackupException(
                            $"The table {table.Name} in {folder.Store} is not as it was written ({found.Rows} rows, {wanted.Rows} at the time). {Advice}");
                }

                return await file.MigrationsAsync(stop).ConfigureAwait(false);
            }).ConfigureAwait(false);
        }
        catch (SqliteException damaged)
        {
            throw new BackupException($"{folder.Store} is damaged: {damaged.Message} {Advice}", damaged);
        }
    }
}
