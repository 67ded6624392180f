using System.Data.Common;
using System.Text.RegularExpressions;
using Npgsql;
using Rally.Storage.Sqlite;

namespace Rally.Storage;

/// <summary>
/// A statement over many rows of the program's: one call with arrays on PostgreSQL; on SQLite, where no way lies between, compiled
/// once a connection and run for each. Made once, with all its columns, and kept.
/// </summary>
/// <param name="sql">
/// With <c>{rows}</c> where the rows are read from, as a table <c>r</c>. It must come to the same for all at once and for one
/// after the other. Where nothing is joined to them, SQLite gets their values in their places: an update from a table of one row
/// took it twice as long.
/// </param>
/// <typeparam name="TRow">What the rows are read from.</typeparam>
public sealed partial class RowsStatement<TRow>(string sql)
{
    private readonly List<Column> _columns = [];
    private string _sqlite = "";
    private string _postgres = "";

    /// <summary>Adds a column of r, a BIGINT.</summary>
    public RowsStatement<TRow> With(string name, Func<TRow, long?> value) => Add(new Column<long?>(name, "bigint", value, (statement, i, number) =>
    {
        if (number is { } known)
            statement.Bind(i, known);
        else
            statement.BindNull(i);
    }));

    /// <summary>Adds a column of r, a TEXT.</summary>
    public RowsStatement<TRow> With(string name, Func<TRow, string?> value) => Add(new Column<string?>(name, "text", value, (statement, i, text) => statement.Bind(i, text)));

    /// <summary>Adds a column of r, a BYTEA.</summary>
    public RowsStatement<TRow> With(string name, Func<TRow, byte[]?> value) => Add(new Column<byte[]?>(name, "bytea", value, (statement, i, bytes) => statement.Bind(i, bytes)));

    /// <summary>Adds a column of r, an id as <see cref="TypeHandlers"/> keeps them.</summary>
    public RowsStatement<TRow> With(string name, Func<TRow, Guid> value) =>
        With(name, row => value(row).ToByteArray(bigEndian: true));

    /// <summary>Adds a column of r, a time as <see cref="TypeHandlers"/> keeps them.</summary>
    public RowsStatement<TRow> With(string name, Func<TRow, DateTimeOffset?> value) => With(name, row => value(row)?.ToUnixTimeMilliseconds());

    /// <summary>Runs it for all of <paramref name="rows"/>.</summary>
    /// <returns>How many rows of the store it inserted, updated or deleted.</returns>
    public Task<int> ExecuteAsync(DbTransaction transaction, IReadOnlyList<TRow> rows, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Count == 0)
            return Task.FromResult(0);
        if (transaction is NpgsqlTransaction postgres)
            return AtOnceAsync(postgres, rows, stop);
        return Task.FromResult(OneByOne((KeepingConnection)transaction.Connection!, rows, stop));
    }

    private RowsStatement<TRow> Add(Column column)
    {
        _columns.Add(column);
        var values = string.Join(", ", _columns.Select((each, i) => $"?{i + 1} AS {each.Name}"));
        var arrays = string.Join(", ", _columns.Select((each, i) => $"${i + 1}::{each.Type}[]"));
        var names = string.Join(", ", _columns.Select(each => each.Name));
        _sqlite = RowsAlone().Replace(sql, "") is { } inPlace && inPlace.Length < sql.Length
            ? ColumnOfRows().Replace(inPlace, found => _columns.FindIndex(each => each.Name == found.Groups[1].Value) is >= 0 and var at ? $"?{at + 1}" : found.Value)
            : sql.Replace("{rows}", $"(SELECT {values}) AS r", StringComparison.Ordinal);
        _postgres = sql.Replace("{rows}", $"unnest({arrays}) AS r ({names})", StringComparison.Ordinal);
        return this;
    }

    private async Task<int> AtOnceAsync(NpgsqlTransaction transaction, IReadOnlyList<TRow> rows, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand(_postgres, transaction.Connection, transaction);
        foreach (var column in _columns)
            command.Parameters.Add(new NpgsqlParameter { Value = column.ArrayOf(rows) });
        return await command.ExecuteNonQueryAsync(stop).ConfigureAwait(false);
    }

    private int OneByOne(KeepingConnection connection, IReadOnlyList<TRow> rows, CancellationToken stop)
    {
        var changed = 0;
        var statement = connection.Compiled(_sqlite);
        foreach (var row in rows)
        {
            stop.ThrowIfCancellationRequested();
            for (var i = 0; i < _columns.Count; i++)
                _columns[i].Bind(statement, i + 1, row);
            changed += statement.Change();
        }

        return changed;
    }

    [GeneratedRegex(@"FROM \{rows\}(?=\s*(WHERE|$))")]
    private static partial Regex RowsAlone();

    [GeneratedRegex(@"\br\.([a-z_]+)\b")]
    private static partial Regex ColumnOfRows();

    private abstract class Column(string name, string type)
    {
        public string Name { get; } = name;

        public string Type { get; } = type;

        public abstract void Bind(CompiledStatement statement, int parameter, TRow row);

        public abstract Array ArrayOf(IReadOnlyList<TRow> rows);
    }

    private sealed class Column<TValue>(string name, string type, Func<TRow, TValue> value, Action<CompiledStatement, int, TValue> bind) : Column(name, type)
    {
        public override void Bind(CompiledStatement statement, int parameter, TRow row) => bind(statement, parameter, value(row));

        public override Array ArrayOf(IReadOnlyList<TRow> rows)
        {
            var values = new TValue[rows.Count];
            for (var i = 0; i < values.Length; i++)
                values[i] = value(rows[i]);
            return values;
        }
    }
}
