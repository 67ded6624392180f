using System.Data.Common;
using Microsoft.Data.Sqlite;
using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;
using Rally.Storage.Sqlite;

namespace Rally.Ledger.Store;

/// <summary>The journal in a SQLite file: statements kept for as long as the writing connection stays the same.</summary>
/// <param name="mostRecentBalances">
/// How many balances may be kept apart from the others before they are moved there. With more, moving them costs less for each
/// transfer and takes longer at a time, and a batch finds fewer of its accounts in one page.
/// </param>
internal sealed class SqliteJournal(long mostRecentBalances = 131_072) : JournalStore, IDisposable
{
    private const string FindHolding = """
        SELECT a.id, b.balance, b.flow_used, b.flow_at, b.bought_at
        FROM ledger_account a
        JOIN ledger_balance b ON b.account = a.id
        WHERE a.holder = ?1 AND a.coin = ?2
        """;

    private Statements? _statements;

    // The store's lock file keeps other processes out.
    public override bool IsShared => false;

    public override Task<DateTimeOffset?> ServerTimeAsync(DbTransaction transaction) => Task.FromResult<DateTimeOffset?>(null);

    public void Dispose() => _statements?.Dispose();

    // The library's asynchronous methods run synchronously; these say so.
    public override Task<IReadOnlyList<Account>> ReadAccountsAsync(DbConnection connection, IReadOnlyCollection<AccountKey> keys)
    {
        var sqlite = (SqliteConnection)connection;
        // One moment for all: to begin one for each costs as much as finding it.
        using var moment = sqlite.BeginTransaction(deferred: true);
        using var find = new CompiledStatement(sqlite, FindHolding);
        return Task.FromResult<IReadOnlyList<Account>>(Find(find, keys));
    }

    protected override Task<IReadOnlyList<Account>> FindAccountsAsync(DbTransaction transaction, IReadOnlyCollection<AccountKey> keys) =>
        Task.FromResult<IReadOnlyList<Account>>(Find(StatementsFor(transaction).FindHolding, keys));

    private static List<Account> Find(CompiledStatement find, IReadOnlyCollection<AccountKey> keys)
    {
        var found = new List<Account>(keys.Count);
        foreach (var key in keys)
        {
            find.Bind(1, key.Holder!.Value);
            find.Bind(2, key.Coin);
            if (!find.Find())
                continue;
            var figures = new AccountFigures(new Amount(find.Int64(1)), new Amount(find.Int64(2)), find.Int64(3), find.Int64(4));
            found.Add(Account.Load(key, find.Int64(0), figures));
            find.Done();
        }

        return found;
    }

    protected override Task<IReadOnlyList<(JournalEntry Entry, bool IsContinued)>> FindEntriesAsync(DbTransaction transaction, IReadOnlyCollection<Guid> ids)
    {
        var exists = StatementsFor(transaction).EntryExists;
        var found = new List<(JournalEntry Entry, bool IsContinued)>();
        foreach (var id in ids)
        {
            exists.Bind(1, id);
            if (!exists.Find())
                continue;
            exists.Done();
            found.Add(Entry(transaction, id));
        }

        return Task.FromResult<IReadOnlyList<(JournalEntry Entry, bool IsContinued)>>(found);
    }

    protected override Task SaveEntriesAsync(DbTransaction transaction, Batch batch)
    {
        var statements = StatementsFor(transaction);
        // New accounts have the highest rows.
        var known = batch.Changes.Length;
        while (known > 0 && batch.Changes[known - 1].IsNew)
            known--;
        statements.RecentBalances.Save(batch.Changes[..known]);
        foreach (ref readonly var change in batch.Changes[known..])
            Add(statements, change);
        var add = statements.AddTransfer;
        for (var i = 0; i < batch.Entries.Count; i++)
        {
            var (entry, (debit, credit)) = (batch.Entries[i], batch.Sides[i]);
            var order = entry.Order;
            add.Bind(1, entry.Position);
            add.Bind(2, order.Id);
            add.Bind(3, debit);
            add.Bind(4, credit);
            add.Bind(5, order.Amount.MinorUnits);
            add.Bind(6, order.Kind);
            add.Bind(7, entry.Link);
            add.Bind(8, entry.PostedAt.ToUnixTimeMilliseconds());
            add.Bind(9, entry.DebitBalance.MinorUnits);
            add.Bind(10, entry.CreditBalance.MinorUnits);
            add.Bind(11, order.Note.Length > 0 ? order.Note : null);
            add.Bind(12, order.Reference.Length > 0 ? order.Reference : null);
            add.Bind(13, order.Details);
            add.ChangeOne();
        }

        return Task.CompletedTask;
    }

    private static void Add(Statements statements, in AccountChange added)
    {
        var account = statements.AddAccount;
        account.Bind(1, added.Id);
        if (added.Key.Holder is { } holder)
            account.Bind(2, holder);
        else
            account.BindNull(2);
        account.Bind(3, added.Key.Coin);
        account.Bind(4, added.Key.Kind);
        account.ChangeOne();

        var balance = statements.AddBalance;
        balance.Bind(1, added.Id);
        balance.Bind(2, added.Figures.Balance.MinorUnits);
        balance.Bind(3, added.Figures.FlowUsed.MinorUnits);
        balance.Bind(4, added.Figures.FlowAt);
        balance.Bind(5, added.Figures.BoughtAt);
        balance.ChangeOne();
    }

    private static (JournalEntry Entry, bool IsContinued) Entry(DbTransaction transaction, Guid id)
    {
        using var command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = EntryRow.SelectWithNext + " WHERE t.id = @id";
        command.Parameters.Add(new SqliteParameter("@id", EntryRow.Bytes(id)));
        using var row = command.ExecuteReader();
        row.Read();
        return EntryRow.ReadWithNext(row);
    }

    private Statements StatementsFor(DbTransaction transaction)
    {
        var connection = (SqliteConnection)transaction.Connection!;
        if (_statements?.Connection != connection)
        {
            _statements?.Dispose();
            _statements = new(connection, mostRecentBalances);
        }

        return _statements;
    }

    private sealed class Statements(SqliteConnection connection, long mostRecentBalances) : IDisposable
    {
        public SqliteConnection Connection => connection;

        public CompiledStatement FindHolding { get; } = new(connection, SqliteJournal.FindHolding);

        public CompiledStatement EntryExists { get; } = new(connection, "SELECT 1 FROM ledger_transfer WHERE id = ?1");

        public CompiledStatement AddAccount { get; } = new(
            connection, "INSERT INTO ledger_account (id, holder, coin, kind) VALUES (?1, ?2, ?3, ?4)");

        public CompiledStatement AddBalance { get; } = new(
            connection, "INSERT INTO ledger_balance_settled (account, balance, flow_used, flow_at, bought_at) VALUES (?1, ?2, ?3, ?4, ?5)");

        public RecentBalances RecentBalances { get; } = new(connection, mostRecentBalances);

        public CompiledStatement AddTransfer { get; } = new(connection, """
            INSERT INTO ledger_transfer
              (position, id, debit_account, credit_account, amount, kind, link, posted_at, debit_balance, credit_balance,
               note, reference, details)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
            """);

        public void Dispose()
        {
            RecentBalances.Dispose();
            foreach (var statement in new[] { FindHolding, EntryExists, AddAccount, AddBalance, AddTransfer })
                statement.Dispose();
        }
    }
}
