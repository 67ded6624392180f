using System.Data.Common;
using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Store;

/// <summary>A row of the log with both its accounts, read by column number: the hot path asks for every id it is given.</summary>
internal static class EntryRow
{
    public const string Select = """
        SELECT t.position, t.id, d.holder, d.kind, c.holder, c.kind, t.coin,
               t.amount, t.kind, t.note, t.posted_at, t.debit_balance, t.credit_balance
        FROM ledger_transfer t
        JOIN ledger_account d ON d.id = t.debit_account
        JOIN ledger_account c ON c.id = t.credit_account
        """;

    public static JournalEntry Read(DbDataReader row)
    {
        var coin = row.GetString(6);
        var order = new TransferOrder(
            Id(row, 1),
            new AccountKey(row.IsDBNull(2) ? null : Id(row, 2), coin, row.GetString(3)),
            new AccountKey(row.IsDBNull(4) ? null : Id(row, 4), coin, row.GetString(5)),
            new Amount(row.GetInt64(7)),
            row.GetString(8),
            row.GetString(9));
        return new JournalEntry(
            row.GetInt64(0),
            order,
            DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(10)),
            new Amount(row.GetInt64(11)),
            new Amount(row.GetInt64(12)));
    }

    public static Guid Id(DbDataReader row, int column) => new(row.GetFieldValue<byte[]>(column), bigEndian: true);
}
