using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Rally.Storage.Backups;

/// <summary>A prepared statement below the provider, which would decode text and cannot bind text that is not decoded.</summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public SqliteStatement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle!;
        Check(raw.sqlite3_busy_timeout(_database, 30_000));
        Check(raw.sqlite3_prepare_v2(_database, sql, out _statement));
    }

    /// <returns>Whether there is a row.</returns>
    public bool Step()
    {
        var code = raw.sqlite3_step(_statement);
        if (code is not (raw.SQLITE_ROW or raw.SQLITE_DONE))
            Check(code);
        return code == raw.SQLITE_ROW;
    }

    public void Reset() => Check(raw.sqlite3_reset(_statement));

    /// <returns>Whether the value is of the column's type, or NULL: SQLite itself lets any value into any column.</returns>
    public bool TryRead(int column, ColumnType type, out Cell cell)
    {
        var kept = raw.sqlite3_column_type(_statement, column);
        (var fits, cell) = (kept, type) switch
        {
            (raw.SQLITE_NULL, _) => (true, Cell.Null),
            (raw.SQLITE_INTEGER, ColumnType.Integer) => (true, Cell.Of(raw.sqlite3_column_int64(_statement, column))),
            (raw.SQLITE_INTEGER, ColumnType.Boolean) when raw.sqlite3_column_int64(_statement, column) is 0 or 1 =>
                (true, Cell.Of(raw.sqlite3_column_int64(_statement, column))),
            (raw.SQLITE_TEXT, ColumnType.Text) or (raw.SQLITE_BLOB, ColumnType.Bytes) =>
                (true, Cell.Of(raw.sqlite3_column_blob(_statement, column).ToArray())),
            (raw.SQLITE_FLOAT, ColumnType.Real) => (true, Cell.Of(raw.sqlite3_column_double(_statement, column))),
            _ => (false, Cell.Null),
        };
        return fits;
    }

    public void Bind(int place, ColumnType type, Cell cell) => Check((type, cell.Bytes) switch
    {
        _ when cell.IsNull => raw.sqlite3_bind_null(_statement, place),
        // Given no bytes, SQLite would bind NULL.
        (ColumnType.Text, []) => raw.sqlite3_bind_text(_statement, place, ""),
        (_, []) => raw.sqlite3_bind_zeroblob(_statement, place, 0),
        (ColumnType.Text, { } text) => raw.sqlite3_bind_text(_statement, place, text),
        (_, { } bytes) => raw.sqlite3_bind_blob(_statement, place, bytes),
        (ColumnType.Real, _) => raw.sqlite3_bind_double(_statement, place, cell.Real),
        _ => raw.sqlite3_bind_int64(_statement, place, cell.Number!.Value),
    });

    public void Dispose() => _statement.Dispose();

    private void Check(int code) => SqliteException.ThrowExceptionForRC(code, _database);
}
