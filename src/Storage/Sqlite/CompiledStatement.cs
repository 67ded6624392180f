using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Rally.Storage.Sqlite;

/// <summary>
/// A statement compiled once and run many times, straight on the library: the provider's commands look every parameter up
/// and box every value, which is most of a transfer's cost. A parameter that stays the same is not bound again.
/// One thread at a time, on a connection that is open.
/// </summary>
internal sealed unsafe class CompiledStatement : IDisposable
{
    // Bytes of a text or an id, kept where the library finds them when the statement runs; longer texts are copied by it.
    private const int SlotBytes = 1_024;

    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _statement;
    private readonly string _sql;
    private readonly Bound[] _bound;
    private readonly nint _connectionPointer;
    private nint _pointer; // null once disposed, which the library refuses
    private byte* _slots;

    /// <param name="connection">Where it runs.</param>
    /// <param name="sql">One statement, whose parameters are numbered ?1, ?2 …</param>
    public CompiledStatement(SqliteConnection connection, string sql)
    {
        (_connection, _sql) = (connection.Handle!, sql);
        Check(raw.sqlite3_prepare_v3(_connection, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
        (_connectionPointer, _pointer) = (_connection.DangerousGetHandle(), _statement.DangerousGetHandle());
        _bound = new Bound[raw.sqlite3_bind_parameter_count(_statement)];
        _slots = (byte*)NativeMemory.Alloc((nuint)_bound.Length, SlotBytes);
    }

    private enum Kind
    {
        Other,
        Number,
        Text,
        Null,
    }

    public void Bind(int parameter, long value)
    {
        ref var bound = ref _bound[parameter - 1];
        if (bound.Kind == Kind.Number && bound.Number == value)
            return;
        bound.Kind = Kind.Other;
        Check(SqliteFunctions.BindInt64(_pointer, parameter, value));
        (bound.Kind, bound.Number) = (Kind.Number, value);
    }

    public void Bind(int parameter, Guid value)
    {
        _bound[parameter - 1].Kind = Kind.Other;
        var slot = _slots + ((parameter - 1) * SlotBytes);
        value.TryWriteBytes(new Span<byte>(slot, SlotBytes), bigEndian: true, out var length);
        Check(SqliteFunctions.BindBlob(_pointer, parameter, slot, length, SqliteFunctions.Static));
    }

    /// <param name="parameter">From 1.</param>
    /// <param name="value">Stored as NULL when null.</param>
    public void Bind(int parameter, byte[]? value)
    {
        if (value is null)
        {
            BindNull(parameter);
            return;
        }

        _bound[parameter - 1].Kind = Kind.Other;
        // Of an empty array there is no address, which would be NULL; and where it is, it stays only for the moment.
        var slot = _slots + ((parameter - 1) * SlotBytes);
        if (value.Length <= SlotBytes)
        {
            value.CopyTo(new Span<byte>(slot, SlotBytes));
            Check(SqliteFunctions.BindBlob(_pointer, parameter, slot, value.Length, SqliteFunctions.Static));
            return;
        }

        fixed (byte* start = value)
            Check(SqliteFunctions.BindBlob(_pointer, parameter, start, value.Length, SqliteFunctions.Transient));
    }

    public void BindNull(int parameter)
    {
        ref var bound = ref _bound[parameter - 1];
        if (bound.Kind == Kind.Null)
            return;
        bound.Kind = Kind.Other;
        Check(SqliteFunctions.BindNull(_pointer, parameter));
        bound.Kind = Kind.Null;
    }

    /// <param name="parameter">From 1.</param>
    /// <param name="value">Stored as NULL when null.</param>
    public void Bind(int parameter, string? value)
    {
        ref var bound = ref _bound[parameter - 1];
        if (value is null)
        {
            BindNull(parameter);
            return;
        }

        if (bound.Kind == Kind.Text && ReferenceEquals(bound.Text, value))
            return;
        bound.Kind = Kind.Other;
        if (Encoding.UTF8.GetMaxByteCount(value.Length) <= SlotBytes)
        {
            var slot = _slots + ((parameter - 1) * SlotBytes);
            var length = Encoding.UTF8.GetBytes(value, new Span<byte>(slot, SlotBytes));
            Check(SqliteFunctions.BindText(_pointer, parameter, slot, length, SqliteFunctions.Static));
        }
        else
        {
            var bytes = Encoding.UTF8.GetBytes(value);
            fixed (byte* start = bytes)
                Check(SqliteFunctions.BindText(_pointer, parameter, start, bytes.Length, SqliteFunctions.Transient));
        }

        (bound.Kind, bound.Text) = (Kind.Text, value);
    }

    /// <summary>Runs a statement to its end, whatever it changes.</summary>
    public void Run()
    {
        var result = SqliteFunctions.Step(_pointer);
        SqliteFunctions.Reset(_pointer);
        if (result != raw.SQLITE_DONE)
            Check(result);
    }

    /// <summary>Runs a statement that inserts, updates or deletes.</summary>
    /// <returns>How many rows.</returns>
    public int Change()
    {
        Run();
        return SqliteFunctions.Changes(_connectionPointer);
    }

    /// <summary>Runs a statement that must change exactly one row.</summary>
    public void ChangeOne() => ChangeExactly(1);

    /// <summary>Runs a statement that must change so many rows.</summary>
    public void ChangeExactly(int rows)
    {
        if (Change() is var changed && changed != rows)
            throw new InvalidOperationException($"{changed} rows changed instead of {rows} by: {_sql}");
    }

    /// <summary>Runs a query for at most one row; call <see cref="Done"/> when it is read.</summary>
    public bool Find()
    {
        var result = SqliteFunctions.Step(_pointer);
        if (result == raw.SQLITE_ROW)
            return true;
        Done();
        if (result != raw.SQLITE_DONE)
            Check(result);
        return false;
    }

    public long Int64(int column) => SqliteFunctions.ColumnInt64(_pointer, column);

    public void Done() => SqliteFunctions.Reset(_pointer);

    public void Dispose()
    {
        _pointer = 0;
        _statement.Dispose();
        NativeMemory.Free(_slots);
        _slots = null;
    }

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
            SqliteException.ThrowExceptionForRC(result, _connection);
    }

    private struct Bound
    {
        public Kind Kind;
        public long Number;
        public string? Text;
    }
}
