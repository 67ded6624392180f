using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Rally.Storage.Backups;

/// <summary>Tables in a SQLite file. Rows go through prepared statements without being decoded.</summary>
internal sealed class SqliteTables(SqliteConnection connection, DbTransaction? transaction) : StoreTables(connection, transaction)
{
    private readonly SqliteConnection _connection = connection;

    public override Engine Engine => Engine.Sqlite;

    public override async Task<IReadOnlyList<TableShape>> ShapesAsync(CancellationToken stop)
    {
        var names = await _connection.QueryAsync<string>(Command(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name", stop)).ConfigureAwait(false);
        var tables = new List<TableShape>();
        foreach (var table in names)
        {
            var columns = (await _connection.QueryAsync<(string Name, string Type, long Key)>(Command(
                "SELECT name, type, pk FROM pragma_table_info(@table) ORDER BY cid", stop, new { table })).ConfigureAwait(false)).AsList();
            var parents = await _connection.QueryAsync<string>(Command(
                """SELECT DISTINCT "table" FROM pragma_foreign_key_list(@table)""", stop, new { table })).ConfigureAwait(false);
            tables.Add(new(
                table,
                [.. columns.Select(column => new ColumnShape(column.Name, column.Type, TypeOf(column.Type)))],
                [.. columns.Where(column => column.Key > 0).OrderBy(column => column.Key).Select(column => column.Name)],
                [.. parents]));
        }

        return tables;
    }

    public override IAsyncEnumerable<Cell[]> RowsAsync(TableShape table, CancellationToken stop) => Rows(table, stop).ToAsyncEnumerable();

    public override async Task AppendAsync(TableShape table, IAsyncEnumerable<Cell[]> rows, CancellationToken stop)
    {
        var places = string.Join(", ", Enumerable.Range(1, table.Columns.Count).Select(place => $"?{place}"));
        using var insert = new SqliteStatement(_connection, $"INSERT INTO {table.Sql} ({table.ColumnsSql}) VALUES ({places})");
        await foreach (var row in rows.WithCancellation(stop).ConfigureAwait(false))
        {
            for (var i = 0; i < row.Length; i++)
                insert.Bind(i + 1, table.Columns[i].Type!.Value, row[i]);
            insert.Step();
            insert.Reset();
        }
    }

    public override Task PrepareForCopyAsync(IReadOnlyList<TableShape> tables, CancellationToken stop) =>
        ExecuteAsync("PRAGMA defer_foreign_keys = ON; PRAGMA cache_size = -65536;", stop);

    // Inserting a number makes AUTOINCREMENT go on after it.
    public override Task ContinueSequencesAsync(TableShape table, CancellationToken stop) => Task.CompletedTask;

    private IEnumerable<Cell[]> Rows(TableShape table, CancellationToken stop)
    {
        var order = string.Join(", ", table.Order.Select(column => TableShape.Quote(column.Name)));
        using var select = new SqliteStatement(_connection, $"SELECT {table.ColumnsSql} FROM {table.Sql} ORDER BY {order}");
        var row = new Cell[table.Columns.Count];
        while (select.Step())
        {
            stop.ThrowIfCancellationRequested();
            for (var i = 0; i < row.Length; i++)
            {
                var column = table.Columns[i];
                row[i] = select.TryRead(i, column.Type!.Value, out var cell)
                    ? cell
                    : throw new BackupException(
                        $"The table {table.Name} has a value in {column.Name} that is not of the column's type {column.DeclaredType}. " +
                        "The program does not write such values: mend the row by hand.");
            }

            yield return row;
        }
    }

    private static ColumnType? TypeOf(string declared) => declared.ToUpperInvariant() switch
    {
        "BIGINT" or "INTEGER" => ColumnType.Integer,
        "TEXT" => ColumnType.Text,
        "BYTEA" or "BLOB" => ColumnType.Bytes,
        "BOOLEAN" => ColumnType.Boolean,
        "DOUBLE PRECISION" or "REAL" => ColumnType.Real,
        _ => null,
    };
}
