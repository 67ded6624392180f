using Rally.Storage.Migrations;

namespace Rally.Storage.Backups;

/// <summary>What a store is like in which nothing has happened: the tables, and the rows that migrations themselves put there.</summary>
internal sealed class EmptyStore
{
    private readonly Dictionary<string, TableContents> _contents;

    private EmptyStore(IReadOnlyList<TableShape> tables, Dictionary<string, TableContents> contents)
    {
        Tables = tables;
        _contents = contents;
    }

    /// <summary>This program's tables, parents first.</summary>
    public IReadOnlyList<TableShape> Tables { get; }

    /// <param name="file">A SQLite file to make it in.</param>
    /// <param name="sets">The migrations.</param>
    /// <param name="time">For the migrator.</param>
    /// <param name="stop">Gives up.</param>
    public static async Task<EmptyStore> MakeAsync(string file, IReadOnlyList<MigrationSet> sets, TimeProvider time, CancellationToken stop)
    {
        await StoreFile.CreateAsync(file, sets, time, stop).ConfigureAwait(false);
        return await StoreSnapshot.ReadFileAsync(file, async store =>
        {
            var tables = await StoreFile.TablesAsync(store, stop).ConfigureAwait(false);
            TableFit.CheckShapes("This program", tables, tables, sets);
            var contents = new Dictionary<string, TableContents>();
            foreach (var table in tables)
                contents[table.Name] = await TableCopier.ReadAsync(store, table, progress: null, stop).ConfigureAwait(false);
            return new EmptyStore(tables, contents);
        }).ConfigureAwait(false);
    }

    /// <exception cref="BackupException">Something has happened in this store.</exception>
    public async Task RefuseRowsAsync(string store, StoreTables tables, CancellationToken stop)
    {
        foreach (var there in await tables.ShapesAsync(stop).ConfigureAwait(false))
        {
            if (Tables.FirstOrDefault(table => table.Name == there.Name) is not { } table)
                continue;
            var rows = await tables.CountAsync(there, stop).ConfigureAwait(false);
            var isAsMade = rows == _contents[table.Name].Rows && TableFit.AreAlike(table, there)
                && await TableCopier.ReadAsync(tables, table, progress: null, stop).ConfigureAwait(false) == _contents[table.Name];
            if (rows > 0 && !isAsMade)
                throw new BackupException(
                    $"{store} is not empty: its table {table.Name} has {rows} rows. Nothing was changed. " +
                    "Restore into a new store; name one with --store, or with --data for a SQLite file in a new folder.");
        }
    }
}
