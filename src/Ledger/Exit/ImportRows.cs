using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using NpgsqlTypes;

namespace Rally.Ledger.Exit;

/// <summary>New rows of one table, gathered and written many at a time. Values are <see cref="long"/>, <see cref="string"/>, bytes or null.</summary>
internal sealed class ImportRows(DbTransaction transaction, string table, params string[] columns)
{
    private const int AtOnce = 10_000;

    private readonly List<object?[]> _rows = [];

    public bool IsFull => _rows.Count >= AtOnce;

    public void Add(params object?[] row) => _rows.Add(row);

    public async Task FlushAsync(CancellationToken stop)
    {
        if (_rows.Count == 0)
            return;
        if (transaction.Connection is NpgsqlConnection postgres)
            await CopyAsync(postgres, stop).ConfigureAwait(false);
        else
            Insert((SqliteTransaction)transaction);
        _rows.Clear();
    }

    private async Task CopyAsync(NpgsqlConnection connection, CancellationToken stop)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            $"COPY {table} ({string.Join(", ", columns)}) FROM STDIN (FORMAT BINARY)", stop).ConfigureAwait(false);
        foreach (var row in _rows)
        {
            await copy.StartRowAsync(stop).ConfigureAwait(false);
            foreach (var value in row)
            {
                await (value switch
                {
                    null => copy.WriteNullAsync(stop),
                    long integer => copy.WriteAsync(integer, NpgsqlDbType.Bigint, stop),
                    string text => copy.WriteAsync(text, NpgsqlDbType.Text, stop),
                    byte[] bytes => copy.WriteAsync(bytes, NpgsqlDbType.Bytea, stop),
                    _ => throw new ArgumentException($"{value.GetType()} is not kept."),
                }).ConfigureAwait(false);
            }
        }

        await copy.CompleteAsync(stop).ConfigureAwait(false);
    }

    // The library's asynchronous methods run synchronously.
    private void Insert(SqliteTransaction within)
    {
        using var insert = within.Connection!.CreateCommand();
        insert.Transaction = within;
        insert.CommandText =
            $"INSERT INTO {table} ({string.Join(", ", columns)}) VALUES ({string.Join(", ", columns.Select((_, i) => $"@p{i}"))})";
        var parameters = columns.Select((_, i) => insert.Parameters.Add(new SqliteParameter { ParameterName = $"@p{i}" })).ToArray();
        foreach (var row in _rows)
        {
            for (var i = 0; i < row.Length; i++)
                parameters[i].Value = row[i] ?? DBNull.Value;
            insert.ExecuteNonQuery();
        }
    }
}
