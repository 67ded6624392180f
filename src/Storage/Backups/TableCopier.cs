using System.Data.Common;
using System.Runtime.CompilerServices;
using Npgsql;

namespace Rally.Storage.Backups;

/// <summary>Streams the rows of a table from one store to another, or past a hash alone; one row is in memory at a time.</summary>
internal static class TableCopier
{
    private const long RowsBetweenReports = 10_000;

    /// <summary>Reads a whole table.</summary>
    /// <returns>What was read.</returns>
    public static async Task<TableContents> ReadAsync(
        StoreTables store, TableShape table, IProgress<BackupProgress>? progress, CancellationToken stop)
    {
        using var digest = new TableDigest(table);
        await foreach (var _ in ThroughAsync(store, table, digest, BackupStep.Checking, progress, stop).ConfigureAwait(false))
        {
        }

        return digest.Finish();
    }

    /// <summary>Copies a whole table.</summary>
    /// <returns>What was read, and should now be in the other store.</returns>
    /// <exception cref="BackupException">A row cannot be read, or the other store does not take it.</exception>
    public static async Task<TableContents> CopyAsync(
        StoreTables from, StoreTables to, TableShape table, IProgress<BackupProgress>? progress, CancellationToken stop)
    {
        using var digest = new TableDigest(table);
        try
        {
            await to.AppendAsync(table, ThroughAsync(from, table, digest, BackupStep.Copying, progress, stop), stop).ConfigureAwait(false);
        }
        catch (DbException fault)
        {
            var where = fault is PostgresException { Where: { } place } ? $" ({place.Split('\n')[0]})" : "";
            throw new BackupException($"The table {table.Name} could not be copied, after {digest.Rows} rows: {fault.Message}{where}", fault);
        }

        return digest.Finish();
    }

    private static async IAsyncEnumerable<Cell[]> ThroughAsync(
        StoreTables store, TableShape table, TableDigest digest, BackupStep step, IProgress<BackupProgress>? progress,
        [EnumeratorCancellation] CancellationToken stop)
    {
        var total = progress is null ? 0 : await store.CountAsync(table, stop).ConfigureAwait(false);
        progress?.Report(new(step, table.Name, 0, total));
        await foreach (var row in store.RowsAsync(table, stop).ConfigureAwait(false))
        {
            digest.Add(row);
            if (digest.Rows % RowsBetweenReports == 0)
                progress?.Report(new(step, table.Name, digest.Rows, total));
            yield return row;
        }

        progress?.Report(new(step, table.Name, digest.Rows, total));
    }
}
