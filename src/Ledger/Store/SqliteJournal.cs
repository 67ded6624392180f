using System.Data.Common;
using Microsoft.Data.Sqlite;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Journal;
using static Microsoft.Data.Sqlite.SqliteType;

namespace Rally.Ledger.Store;

/// <summary>The journal in a SQLite file: prepared statements, kept for as long as the writing connection stays the same.</summary>
internal sealed class SqliteJournal : JournalStore, IDisposable
{
    private Statements? _statements;

    public override Task SaveAsync(DbTransaction transaction, Batch batch)
    {
        var statements = StatementsFor(transaction);
        foreach (var coin in batch.Launched)
            statements.AddCoin.ChangeOne(coin.Symbol, coin.Name, Bytes(coin.Creator), coin.Supply.MinorUnits, coin.LaunchedAt.ToUnixTimeMilliseconds());
        foreach (var account in batch.Touched)
        {
            if (account.IsNew)
                statements.AddAccount.ChangeOne(account.Id, HolderOf(account.Key), account.Key.Coin, account.Key.Kind, account.Balance.MinorUnits);
            else
                statements.SetBalance.ChangeOne(account.Id, account.Balance.MinorUnits);
        }

        foreach (var entry in batch.Entries)
        {
            var order = entry.Order;
            statements.AddTransfer.ChangeOne(
                entry.Position, Bytes(order.Id), batch.AccountOf(order.Debit).Id, batch.AccountOf(order.Credit).Id, order.Coin,
                order.Amount.MinorUnits, order.Kind, order.Note, entry.PostedAt.ToUnixTimeMilliseconds(),
                entry.DebitBalance.MinorUnits, entry.CreditBalance.MinorUnits);
        }

        return Task.CompletedTask;
    }

    public void Dispose() => _statements?.Dispose();

    // The library's asynchronous methods run synchronously; these say so.
    protected override Task<JournalState> LoadAsync(DbTransaction transaction, Guid[] ids, AccountKey[] accounts, string[] coins)
    {
        var statements = StatementsFor(transaction);
        using var ends = statements.Ends.Query();
        ends.Read();
        return Task.FromResult(new JournalState(
            ends.GetInt64(0),
            DateTimeOffset.FromUnixTimeMilliseconds(ends.GetInt64(1)),
            ends.GetInt64(2),
            [.. accounts.Select(key => FindAccount(statements, key)).OfType<Account>()],
            [.. ids.Select(id => FindEntry(statements, id)).OfType<JournalEntry>()],
            [.. coins.Select(symbol => FindCoin(statements, symbol)).OfType<Coin>()]));
    }

    private static Account? FindAccount(Statements statements, AccountKey key)
    {
        using var row = key.Holder is { } holder
            ? statements.FindHolding.Query(Bytes(holder), key.Coin)
            : statements.FindSystemAccount.Query(key.Coin, key.Kind);
        return row.Read() ? new Account(key, row.GetInt64(0), new Amount(row.GetInt64(1))) : null;
    }

    private static JournalEntry? FindEntry(Statements statements, Guid id)
    {
        using var row = statements.FindTransfer.Query(Bytes(id));
        return row.Read() ? EntryRow.Read(row) : null;
    }

    private static Coin? FindCoin(Statements statements, string symbol)
    {
        using var row = statements.FindCoin.Query(symbol);
        return row.Read()
            ? new Coin(symbol, row.GetString(0), EntryRow.Id(row, 1), new Amount(row.GetInt64(2)), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(3)))
            : null;
    }

    private static object HolderOf(AccountKey key) => key.Holder is { } holder ? Bytes(holder) : DBNull.Value;

    private static byte[] Bytes(Guid id) => id.ToByteArray(bigEndian: true);

    private Statements StatementsFor(DbTransaction transaction)
    {
        var connection = (SqliteConnection)transaction.Connection!;
        if (_statements?.Connection != connection)
        {
            _statements?.Dispose();
            _statements = new(connection);
        }

        _statements.Enlist((SqliteTransaction)transaction);
        return _statements;
    }

    private sealed class Statements(SqliteConnection connection) : IDisposable
    {
        public SqliteConnection Connection => connection;

        public PreparedStatement Ends { get; } = new(connection, """
            SELECT coalesce(max(position), 0),
                   coalesce((SELECT posted_at FROM ledger_transfer ORDER BY position DESC LIMIT 1), 0),
                   coalesce((SELECT max(id) FROM ledger_account), 0)
            FROM ledger_transfer
            """);

        public PreparedStatement FindHolding { get; } = new(
            connection, "SELECT id, balance FROM ledger_account WHERE holder = ?1 AND coin = ?2", Blob, Text);

        public PreparedStatement FindSystemAccount { get; } = new(
            connection, "SELECT id, balance FROM ledger_account WHERE coin = ?1 AND kind = ?2 AND holder IS NULL", Text, Text);

        public PreparedStatement FindTransfer { get; } = new(connection, EntryRow.Select + " WHERE t.id = ?1", Blob);

        public PreparedStatement FindCoin { get; } = new(
            connection, "SELECT name, creator, supply, launched_at FROM ledger_coin WHERE symbol = ?1", Text);

        public PreparedStatement AddCoin { get; } = new(
            connection,
            "INSERT INTO ledger_coin (symbol, name, creator, supply, launched_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            Text, Text, Blob, Integer, Integer);

        public PreparedStatement AddAccount { get; } = new(
            connection,
            "INSERT INTO ledger_account (id, holder, coin, kind, balance) VALUES (?1, ?2, ?3, ?4, ?5)",
            Integer, Blob, Text, Text, Integer);

        public PreparedStatement SetBalance { get; } = new(
            connection, "UPDATE ledger_account SET balance = ?2 WHERE id = ?1", Integer, Integer);

        public PreparedStatement AddTransfer { get; } = new(connection, """
            INSERT INTO ledger_transfer
              (position, id, debit_account, credit_account, coin, amount, kind, note, posted_at, debit_balance, credit_balance)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
            """, Integer, Blob, Integer, Integer, Text, Integer, Text, Text, Integer, Integer, Integer);

        private PreparedStatement[] All =>
            [Ends, FindHolding, FindSystemAccount, FindTransfer, FindCoin, AddCoin, AddAccount, SetBalance, AddTransfer];

        public void Enlist(SqliteTransaction transaction) => Array.ForEach(All, statement => statement.Enlist(transaction));

        public void Dispose() => Array.ForEach(All, statement => statement.Dispose());
    }
}
