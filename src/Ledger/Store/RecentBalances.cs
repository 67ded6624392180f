using Microsoft.Data.Sqlite;
using Rally.Ledger.Journal;
using Rally.Storage.Sqlite;

namespace Rally.Ledger.Store;

/// <summary>
/// Balances that changed lately, which SQLite keeps in a small table apart from the settled ones, and moves to those in one go when
/// there are too many (ADR 0007).
/// </summary>
internal sealed class RecentBalances(SqliteConnection connection, long most) : IDisposable
{
    // A row takes a quarter less so than with a call of the library for each.
    private const int RowsAtOnce = 32;

    private readonly CompiledStatement _set = new(connection, Set(1));
    private readonly CompiledStatement _setMany = new(connection, Set(RowsAtOnce));
    private readonly CompiledStatement _count = new(connection, "SELECT count(*) FROM ledger_balance_recent");
    private readonly CompiledStatement _settle = new(connection, """
        REPLACE INTO ledger_balance_settled (account, balance, flow_used, flow_at, bought_at)
        SELECT account, balance, flow_used, flow_at, bought_at FROM ledger_balance_recent
        """);

    private readonly CompiledStatement _forget = new(connection, "DELETE FROM ledger_balance_recent");
    private long _saved; // since they were last counted

    /// <summary>Saves what a batch leaves on accounts that have a settled balance.</summary>
    /// <param name="changes">In the order of their rows, so that those of one page come one after the other.</param>
    public void Save(ReadOnlySpan<AccountChange> changes)
    {
        _saved += changes.Length;
        for (; changes.Length >= RowsAtOnce; changes = changes[RowsAtOnce..])
            Save(_setMany, changes[..RowsAtOnce]);
        for (; changes.Length > 0; changes = changes[1..])
            Save(_set, changes[..1]);
        // Counting takes a look at each; there cannot be more of them than were saved.
        if (_saved > most && (_saved = Count()) > most)
            Settle();
    }

    public void Dispose()
    {
        foreach (var statement in new[] { _set, _setMany, _count, _settle, _forget })
            statement.Dispose();
    }

    private static string Set(int rows) =>
        "REPLACE INTO ledger_balance_recent (account, balance, flow_used, flow_at, bought_at) VALUES "
        + string.Join(", ", Enumerable.Range(0, rows).Select(row => $"(?{(5 * row) + 1}, ?{(5 * row) + 2}, ?{(5 * row) + 3}, ?{(5 * row) + 4}, ?{(5 * row) + 5})"));

    private static void Save(CompiledStatement set, ReadOnlySpan<AccountChange> rows)
    {
        var parameter = 0;
        foreach (ref readonly var row in rows)
        {
            set.Bind(++parameter, row.Id);
            set.Bind(++parameter, row.Figures.Balance.MinorUnits);
            set.Bind(++parameter, row.Figures.FlowUsed.MinorUnits);
            set.Bind(++parameter, row.Figures.FlowAt);
            set.Bind(++parameter, row.Figures.BoughtAt);
        }

        set.ChangeExactly(rows.Length);
    }

    private long Count()
    {
        _count.Find();
        var count = _count.Int64(0);
        _count.Done();
        return count;
    }

    /// <summary>Moves all to the settled ones, in their order.</summary>
    private void Settle()
    {
        _settle.Run();
        _forget.Run();
        _saved = 0;
    }
}
