using System.Data;
using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Rally.Ledger.Journal;

/// <summary>The store as it is at one moment, for as long as it takes to read it, while others write.</summary>
internal static class Moment
{
    public static async Task<DbTransaction> BeginAsync(DbConnection connection, CancellationToken stop)
    {
        if (connection is SqliteConnection sqlite)
            return sqlite.BeginTransaction(deferred: true);
        var moment = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, stop).ConfigureAwait(false);
        // Whoever is slow to work through what was read, or to write it to a file, is no frozen process.
        await connection.ExecuteAsync(new CommandDefinition(
            "SET LOCAL idle_in_transaction_session_timeout = 0", transaction: moment, cancellationToken: stop)).ConfigureAwait(false);
        return moment;
    }
}
