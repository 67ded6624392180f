using System.Data.Common;
using Dapper;
using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Store;

/// <summary>A row of the log with both its accounts, read by column number: millions of them are read in one go.</summary>
internal static class EntryRow
{
    /// <summary>What <see cref="Read"/> takes; WHERE and ORDER BY may follow.</summary>
    public const string Select = Columns + From;

    /// <summary>The same, with the link of the next row behind it: 0 where a command ends.</summary>
    public const string SelectWithNext =
        Columns + ", coalesce((SELECT n.link FROM ledger_transfer n WHERE n.position = t.position + 1), 0)" + From;

    private const string Columns = """
        SELECT t.position, t.id, d.holder, d.kind, c.holder, c.kind, d.coin, t.amount, t.kind, t.link, t.posted_at,
               t.debit_balance, t.credit_balance, t.note, t.reference, t.details
        """;

    private const string From = """

        FROM ledger_transfer t
        JOIN ledger_account d ON d.id = t.debit_account
        JOIN ledger_account c ON c.id = t.credit_account
        """;

    /// <param name="connection">To read on.</param>
    /// <param name="sql">What begins with <see cref="Select"/>.</param>
    /// <param name="parameters">As Dapper takes them.</param>
    /// <param name="moment">The snapshot to read in; null for none.</param>
    /// <param name="stop">Ends the read.</param>
    public static async Task<List<JournalEntry>> QueryAsync(
        DbConnection connection, string sql, object parameters, DbTransaction? moment, CancellationToken stop)
    {
        await using var rows = await connection.ExecuteReaderAsync(
            new CommandDefinition(sql, parameters, moment, cancellationToken: stop)).ConfigureAwait(false);
        var entries = new List<JournalEntry>();
        while (await rows.ReadAsync(stop).ConfigureAwait(false))
            entries.Add(Read(rows));
        return entries;
    }

    /// <summary>A row of <see cref="SelectWithNext"/>.</summary>
    public static (JournalEntry Entry, bool IsContinued) ReadWithNext(DbDataReader row) => (Read(row), row.GetInt64(16) > 0);

    public static JournalEntry Read(DbDataReader row)
    {
        var coin = row.GetString(6);
        var order = new TransferOrder(
            Id(row, 1),
            new AccountKey(row.IsDBNull(2) ? null : Id(row, 2), coin, row.GetString(3)),
            new AccountKey(row.IsDBNull(4) ? null : Id(row, 4), coin, row.GetString(5)),
            new Amount(row.GetInt64(7)),
            row.GetString(8),
            row.IsDBNull(13) ? "" : row.GetString(13),
            row.IsDBNull(14) ? "" : row.GetString(14),
            row.IsDBNull(15) ? null : row.GetString(15));
        return new JournalEntry(
            row.GetInt64(0),
            order,
            checked((int)row.GetInt64(9)),
            DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(10)),
            new Amount(row.GetInt64(11)),
            new Amount(row.GetInt64(12)));
    }

    public static Guid Id(DbDataReader row, int column) => new(row.GetFieldValue<byte[]>(column), bigEndian: true);

    /// <summary>An id as it is stored.</summary>
    public static byte[] Bytes(Guid id) => id.ToByteArray(bigEndian: true);

    /// <summary>Adds a parameter called by name, as both engines take it.</summary>
    public static void Add(this DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }
}
