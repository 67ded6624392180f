using System.Data.Common;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Rally.Ledger.Followers;

/// <summary>Notes which entries each account and each coin has. Kept off the writer's path, where it would cost most of its rate.</summary>
internal sealed class HistoryFollower(FollowedLog log, ILogger<HistoryFollower> logger) : LogFollower(log, logger)
{
    public const string Key = "history";

    public override string Name => Key;

    // Sorted, so that neighbours in the table are written together; inside the engine, for nothing of it is needed here.
    protected override Task<Func<DbTransaction, Task>> PrepareAsync(long after, long upTo, CancellationToken stop) =>
        Task.FromResult<Func<DbTransaction, Task>>(transaction => transaction.Connection!.ExecuteAsync("""
            INSERT INTO ledger_history (account, position)
            SELECT account, position
            FROM (
              SELECT debit_account AS account, position FROM ledger_transfer WHERE position > @after AND position <= @upTo
              UNION ALL
              SELECT credit_account AS account, position FROM ledger_transfer WHERE position > @after AND position <= @upTo
            ) sides
            ORDER BY account, position;
            INSERT INTO ledger_coin_history (coin, position)
            SELECT a.coin, t.position
            FROM ledger_transfer t
            JOIN ledger_account a ON a.id = t.debit_account
            WHERE t.position > @after AND t.position <= @upTo
            ORDER BY a.coin, t.position;
            """, new { after, upTo }, transaction));

    // PostgreSQL's TRUNCATE would be faster, but a backup that began before would then find the tables empty.
    protected override Task ClearAsync(DbTransaction transaction) => transaction.Connection!.ExecuteAsync(
        "DELETE FROM ledger_history; DELETE FROM ledger_coin_history;", transaction: transaction, commandTimeout: 0);
}
