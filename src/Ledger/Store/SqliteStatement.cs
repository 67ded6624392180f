using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Rally.Ledger.Store;

/// <summary>
/// A statement compiled once and run many times, straight on the library: the provider's commands look every parameter up
/// and box every value, which is most of a transfer's cost.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _statement;
    private readonly string _sql;

    /// <param name="connection">Where it runs.</param>
    /// <param name="sql">One statement, whose parameters are numbered ?1, ?2 …</param>
    public SqliteStatement(SqliteConnection connection, string sql)
    {
        (_connection, _sql) = (connection.Handle!, sql);
        Check(raw.sqlite3_prepare_v3(_connection, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    public void Bind(int parameter, long value) => Check(raw.sqlite3_bind_int64(_statement, parameter, value));

    public void Bind(int parameter, Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        Check(raw.sqlite3_bind_blob(_statement, parameter, bytes));
    }

    public void BindNull(int parameter) => Check(raw.sqlite3_bind_null(_statement, parameter));

    /// <param name="parameter">From 1.</param>
    /// <param name="value">Stored as NULL when null.</param>
    public void Bind(int parameter, string? value)
    {
        if (value is null)
        {
            BindNull(parameter);
            return;
        }

        const int largestOnStack = 512;
        var size = Encoding.UTF8.GetMaxByteCount(value.Length);
        var bytes = size <= largestOnStack ? stackalloc byte[largestOnStack] : new byte[size];
        var length = Encoding.UTF8.GetBytes(value, bytes);
        Check(raw.sqlite3_bind_text(_statement, parameter, (ReadOnlySpan<byte>)bytes[..length]));
    }

    /// <summary>Runs a statement that must change exactly one row.</summary>
    public void ChangeOne()
    {
        var result = raw.sqlite3_step(_statement);
        raw.sqlite3_reset(_statement);
        if (result != raw.SQLITE_DONE)
            Check(result);
        if (raw.sqlite3_changes(_connection) is var changed and not 1)
            throw new InvalidOperationException($"{changed} rows changed instead of one by: {_sql}");
    }

    /// <summary>Runs a query for at most one row; call <see cref="Done"/> when it is read.</summary>
    public bool Find()
    {
        var result = raw.sqlite3_step(_statement);
        if (result == raw.SQLITE_ROW)
            return true;
        Done();
        if (result != raw.SQLITE_DONE)
            Check(result);
        return false;
    }

    public long Int64(int column) => raw.sqlite3_column_int64(_statement, column);

    public void Done() => raw.sqlite3_reset(_statement);

    public void Dispose() => _statement.Dispose();

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
            SqliteException.ThrowExceptionForRC(result, _connection);
    }
}
