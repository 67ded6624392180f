using System.Data;
using System.Data.Common;
using System.Runtime.CompilerServices;
using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace Rally.Storage.Backups;

/// <summary>Tables in a PostgreSQL database's current schema. Keys and references are not read here: the SQLite file's are the same.</summary>
internal sealed class PostgresTables(NpgsqlConnection connection, DbTransaction? transaction) : StoreTables(connection, transaction)
{
    public override Engine Engine => Engine.Postgres;

    public override async Task<IReadOnlyList<TableShape>> ShapesAsync(CancellationToken stop)
    {
        var columns = await connection.QueryAsync<(string Table, string Name, string Type)>(Command(
            """
            SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod)
            FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
              AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
            ORDER BY c.relname, a.attnum
            """, stop)).ConfigureAwait(false);
        return [.. columns.GroupBy(column => column.Table, (table, its) => new TableShape(
            table, [.. its.Select(column => new ColumnShape(column.Name, column.Type, TypeOf(column.Type)))], [], []))];
    }

    public override async IAsyncEnumerable<Cell[]> RowsAsync(TableShape table, [EnumeratorCancellation] CancellationToken stop)
    {
        // A key's columns are never NULL; asked where to put NULLs, PostgreSQL would not use the key's index.
        var nulls = table.Key.Count == 0 ? " NULLS FIRST" : "";
        var order = string.Join(", ", table.Order.Select(column =>
            TableShape.Quote(column.Name) + (column.Type == ColumnType.Text ? " COLLATE \"C\"" : "") + nulls));
        await using var select = new NpgsqlCommand($"SELECT {table.ColumnsSql} FROM {table.Sql} ORDER BY {order}", connection) { CommandTimeout = 0 };
        await using var reader = await select.ExecuteReaderAsync(CommandBehavior.SequentialAccess, stop).ConfigureAwait(false);
        var row = new Cell[table.Columns.Count];
        while (await reader.ReadAsync(stop).ConfigureAwait(false))
        {
            for (var i = 0; i < row.Length; i++)
                row[i] = await reader.IsDBNullAsync(i, stop).ConfigureAwait(false) ? Cell.Null : Read(reader, i, table.Columns[i].Type!.Value);
            yield return row;
        }
    }

    public override async Task AppendAsync(TableShape table, IAsyncEnumerable<Cell[]> rows, CancellationToken stop)
    {
        var types = table.Columns.Select(column => DbTypeOf(column.Type!.Value)).ToArray();
        await using var import = await connection.BeginBinaryImportAsync(
            $"COPY {table.Sql} ({table.ColumnsSql}) FROM STDIN (FORMAT BINARY)", stop).ConfigureAwait(false);
        import.Timeout = Timeout.InfiniteTimeSpan;
        await foreach (var row in rows.WithCancellation(stop).ConfigureAwait(false))
        {
            await import.StartRowAsync(stop).ConfigureAwait(false);
            for (var i = 0; i < row.Length; i++)
                await WriteAsync(import, types[i], row[i], stop).ConfigureAwait(false);
        }

        await import.CompleteAsync(stop).ConfigureAwait(false);
    }

    public override Task PrepareForCopyAsync(IReadOnlyList<TableShape> tables, CancellationToken stop) => ExecuteAsync(
        $"""
        SET LOCAL idle_in_transaction_session_timeout = 0;
        SET LOCAL lock_timeout = '10s';
        LOCK TABLE {string.Join(", ", tables.Select(table => table.Sql))} IN ACCESS EXCLUSIVE MODE;
        SET CONSTRAINTS ALL DEFERRED;
        """, stop);

    public override async Task ContinueSequencesAsync(TableShape table, CancellationToken stop)
    {
        foreach (var column in table.Columns.Where(column => column.Type == ColumnType.Integer))
        {
            await connection.ExecuteAsync(Command(
                $"""
                SELECT setval(sequence, last) FROM (
                  SELECT pg_get_serial_sequence(@table, @column) AS sequence, (SELECT max({TableShape.Quote(column.Name)}) FROM {table.Sql}) AS last) t
                WHERE sequence IS NOT NULL AND last IS NOT NULL
                """, stop, new { table = table.Sql, column = column.Name })).ConfigureAwait(false);
        }
    }

    private static Cell Read(NpgsqlDataReader reader, int column, ColumnType type) => type switch
    {
        ColumnType.Integer => Cell.Of(reader.GetInt64(column)),
        ColumnType.Boolean => Cell.Of(reader.GetBoolean(column) ? 1L : 0L),
        ColumnType.Real => Cell.Of(reader.GetDouble(column)),
        _ => Cell.Of(reader.GetFieldValue<byte[]>(column)),
    };

    private static Task WriteAsync(NpgsqlBinaryImporter import, NpgsqlDbType type, Cell cell, CancellationToken stop) => type switch
    {
        _ when cell.IsNull => import.WriteNullAsync(stop),
        NpgsqlDbType.Bigint => import.WriteAsync(cell.Number!.Value, type, stop),
        NpgsqlDbType.Boolean => import.WriteAsync(cell.Number != 0, type, stop),
        NpgsqlDbType.Double => import.WriteAsync(cell.Real, type, stop),
        _ => import.WriteAsync(cell.Bytes!, type, stop),
    };

    private static ColumnType? TypeOf(string declared) => declared switch
    {
        "bigint" => ColumnType.Integer,
        "text" => ColumnType.Text,
        "bytea" => ColumnType.Bytes,
        "boolean" => ColumnType.Boolean,
        "double precision" => ColumnType.Real,
        _ => null,
    };

    private static NpgsqlDbType DbTypeOf(ColumnType type) => type switch
    {
        ColumnType.Integer => NpgsqlDbType.Bigint,
        ColumnType.Text => NpgsqlDbType.Text,
        ColumnType.Boolean => NpgsqlDbType.Boolean,
        ColumnType.Real => NpgsqlDbType.Double,
        _ => NpgsqlDbType.Bytea,
    };
}
