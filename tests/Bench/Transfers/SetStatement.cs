using System.Diagnostics;
using Npgsql;

namespace Rally.Bench.Transfers;

/// <summary>The least that writing a batch costs on PostgreSQL: one prepared set-based statement on bare Npgsql, arrays in.</summary>
internal sealed class SetStatement : IAsyncDisposable
{
    private const string Sql = """
        WITH balances AS (
          UPDATE ledger_balance_settled b
          SET balance = n.balance, flow_used = n.flow_used, flow_at = n.flow_at, bought_at = n.bought_at
          FROM unnest($14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[], $18::bigint[])
            AS n (account, balance, flow_used, flow_at, bought_at)
          WHERE b.account = n.account)
        INSERT INTO ledger_transfer
          (position, id, debit_account, credit_account, amount, kind, link, posted_at, debit_balance, credit_balance,
           note, reference, details)
        SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::bigint[],
                             $8::bigint[], $9::bigint[], $10::bigint[], $11::text[], $12::text[], $13::text[])
        """;

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlCommand _command;

    private SetStatement(NpgsqlConnection connection) => (_connection, _command) = (connection, new NpgsqlCommand(Sql, connection));

    public static async Task<SetStatement> OpenAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        return new(connection);
    }

    /// <summary>Writes the batches, a statement each.</summary>
    /// <returns>How long that took; taking the rows apart into arrays is not counted.</returns>
    public async Task<TimeSpan> WriteAsync(IReadOnlyList<RecordedBatch> batches)
    {
        var statements = batches.Select(Columns).ToList();
        var watch = Stopwatch.StartNew();
        foreach (var columns in statements)
        {
            if (_command.Parameters.Count == 0)
            {
                _command.Parameters.AddRange(columns.Select(column => new NpgsqlParameter { Value = column }).ToArray());
                await _command.PrepareAsync();
            }

            for (var i = 0; i < columns.Length; i++)
                _command.Parameters[i].Value = columns[i];
            await _command.ExecuteNonQueryAsync();
        }

        return watch.Elapsed;
    }

    public async ValueTask DisposeAsync()
    {
        await _command.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private static Array[] Columns(RecordedBatch batch)
    {
        var (rows, zeros) = (batch.Rows, new long[batch.Balances.Count]);
        return
        [
            rows.Select(row => row.Position).ToArray(), rows.Select(row => row.Id).ToArray(), rows.Select(row => row.Debit).ToArray(),
            rows.Select(row => row.Credit).ToArray(), rows.Select(row => row.Amount).ToArray(), rows.Select(row => row.Kind).ToArray(),
            rows.Select(row => row.Link).ToArray(), rows.Select(row => row.PostedAt).ToArray(), rows.Select(row => row.DebitBalance).ToArray(),
            rows.Select(row => row.CreditBalance).ToArray(), rows.Select(row => row.Note).ToArray(), rows.Select(row => row.Reference).ToArray(),
            rows.Select(row => row.Details).ToArray(), batch.Balances.Keys.ToArray(), batch.Balances.Values.ToArray(), zeros, zeros, zeros,
        ];
    }
}
