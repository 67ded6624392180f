using System.Data.Common;
using Dapper;
using Rally.Ledger.Journal;
using Rally.Ledger.Store;

namespace Rally.Ledger.Tests.Blocks;

/// <summary>Entries written behind the ledger's back, by somebody who keeps every balance and sum in step.</summary>
internal static class Forgery
{
    /// <summary>Changes what is on accounts, in both places where a balance may lie.</summary>
    public static string OnBalances(string change, string where) =>
        $"UPDATE ledger_balance_settled SET {change} WHERE {where}; UPDATE ledger_balance_recent SET {change} WHERE {where}";

    /// <returns>The position of the entry.</returns>
    public static async Task<long> AddAsync(
        DbTransaction transaction, AccountKey debit, AccountKey credit, long minorUnits, string kind, string? details = null, DateTimeOffset? at = null, long link = 0)
    {
        var connection = transaction.Connection!;
        var (from, to) = (await AccountAsync(transaction, debit, -minorUnits), await AccountAsync(transaction, credit, minorUnits));
        var (position, postedAt) = await connection.QuerySingleAsync<(long, long)>(
            "SELECT position + 1, posted_at FROM ledger_transfer ORDER BY position DESC LIMIT 1", transaction: transaction);
        await connection.ExecuteAsync("""
            INSERT INTO ledger_transfer
              (position, id, debit_account, credit_account, amount, kind, link, posted_at, debit_balance, credit_balance, details)
            VALUES (@position, @id, @from, @to, @minorUnits, @kind, @link, @postedAt, @debitBalance, @creditBalance, @details)
            """,
            new
            {
                position,
                id = Guid.NewGuid(),
                from = from.Id,
                to = to.Id,
                minorUnits,
                kind,
                link,
                postedAt = at?.ToUnixTimeMilliseconds() ?? postedAt,
                debitBalance = from.Balance,
                creditBalance = to.Balance,
                details,
            },
            transaction);
        return position;
    }

    private static async Task<(long Id, long Balance)> AccountAsync(DbTransaction transaction, AccountKey key, long change)
    {
        var connection = transaction.Connection!;
        var rows = (await connection.QueryAsync<AccountRow>(AccountRow.Select, transaction: transaction)).AsList();
        if (rows.Find(row => row.ToAccount().Key == key) is { } row)
        {
            await connection.ExecuteAsync(OnBalances("balance = balance + @change", "account = @Id"), new { change, row.Id }, transaction);
            return (row.Id, row.Balance + change);
        }

        var id = 1 + rows.Max(other => other.Id);
        await connection.ExecuteAsync(
            "INSERT INTO ledger_account (id, holder, coin, kind) VALUES (@id, @holder, @Coin, @Kind)",
            new { id, holder = key.Holder is { } holder ? EntryRow.Bytes(holder) : null, key.Coin, key.Kind }, transaction);
        await connection.ExecuteAsync(
            "INSERT INTO ledger_balance_settled (account, balance, flow_used, flow_at, bought_at) VALUES (@id, @change, 0, 0, 0)", new { id, change }, transaction);
        return (id, change);
    }
}
