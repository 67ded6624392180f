using System.Data.Common;
using Rally.Storage;

namespace Rally.Bench.Transfers;

/// <summary>What one transaction of ours wrote, read back from the store, for a peer to write again.</summary>
internal sealed class RecordedBatch
{
    public sealed record Row(
        long Position, byte[] Id, long Debit, long Credit, long Amount, string Kind, long Link, long PostedAt, long DebitBalance,
        long CreditBalance, string? Note, string? Reference, string? Details);

    public List<Row> Rows { get; } = [];

    /// <summary>What was left on each account, in the order of their rows, in which our writer writes them too.</summary>
    public SortedDictionary<long, long> Balances { get; } = [];

    /// <summary>All batches after a position. Flow control's figures are zero here: the coin has none.</summary>
    public static Task<List<RecordedBatch>> ReadAsync(Database database, long after) => database.ReadAsync(async connection =>
    {
        await using var command = connection.CreateCommand();
        command.CommandTimeout = 0;
        command.CommandText = $"""
            SELECT position, id, debit_account, credit_account, amount, kind, link, posted_at, debit_balance, credit_balance,
                   note, reference, details
            FROM ledger_transfer WHERE position > {after} ORDER BY position
            """;
        await using var reader = await command.ExecuteReaderAsync();
        var batches = new List<RecordedBatch>();
        while (await reader.ReadAsync())
        {
            var row = Read(reader);
            if (batches.Count == 0 || batches[^1].Rows[^1].PostedAt != row.PostedAt)
                batches.Add(new());
            batches[^1].Add(row);
        }

        return batches;
    });

    /// <summary>Writes the form that native/ledger.c reads.</summary>
    public static void Write(IReadOnlyList<RecordedBatch> batches, string path)
    {
        using var file = new BinaryWriter(File.Create(path));
        file.Write(batches.Count);
        foreach (var batch in batches)
        {
            file.Write(batch.Balances.Count);
            foreach (var (account, balance) in batch.Balances)
                Array.ForEach([account, balance, 0L, 0L, 0L], file.Write);
            file.Write(batch.Rows.Count);
            foreach (var row in batch.Rows)
            {
                file.Write(row.Position);
                file.Write(row.Id);
                Array.ForEach([row.Debit, row.Credit, row.Amount, row.Link, row.PostedAt, row.DebitBalance, row.CreditBalance], file.Write);
                Array.ForEach([row.Kind, row.Note, row.Reference, row.Details], text => Write(file, text));
            }
        }
    }

    private static void Write(BinaryWriter file, string? text)
    {
        file.Write(text is null ? -1 : System.Text.Encoding.UTF8.GetByteCount(text));
        if (text is not null)
            file.Write(System.Text.Encoding.UTF8.GetBytes(text));
    }

    private void Add(Row row)
    {
        Rows.Add(row);
        Balances[row.Debit] = row.DebitBalance;
        Balances[row.Credit] = row.CreditBalance;
    }

    private static Row Read(DbDataReader row) => new(
        row.GetInt64(0), row.GetFieldValue<byte[]>(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetString(5),
        row.GetInt64(6), row.GetInt64(7), row.GetInt64(8), row.GetInt64(9), Text(row, 10), Text(row, 11), Text(row, 12));

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
