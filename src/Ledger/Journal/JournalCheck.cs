using System.Data;
using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using Rally.Ledger.Coins;
using Rally.Ledger.Store;
using Rally.Storage;

namespace Rally.Ledger.Journal;

/// <summary>
/// Replays the whole log from nothing and compares: with itself, and with the balances kept beside it. It sees one moment
/// of the store, so it may run while others write.
/// </summary>
internal sealed class JournalCheck(Database database)
{
    /// <summary>What the replay came to.</summary>
    /// <param name="LastPosition">The last entry looked at.</param>
    /// <param name="Fault">The first thing that is wrong, in words; null when all is right.</param>
    public sealed record Outcome(long LastPosition, string? Fault);

    public Task<Outcome> RunAsync(CancellationToken stop) => database.ReadAsync(async connection =>
    {
        await using var moment = await SnapshotAsync(connection, stop).ConfigureAwait(false);
        return await RunAsync(connection, moment, stop).ConfigureAwait(false);
    }, stop);

    /// <inheritdoc cref="RunAsync(CancellationToken)"/>
    public static async Task<Outcome> RunAsync(DbConnection connection, DbTransaction moment, CancellationToken stop)
    {
        var replay = new JournalReplay([]);
        try
        {
            var coins = await connection.QueryAsync<CoinRow>(CoinRow.Select, transaction: moment).ConfigureAwait(false);
            replay = new JournalReplay(coins.Select(row => row.ToCoin()));
            var fault = await FaultAsync(connection, moment, replay, stop).ConfigureAwait(false);
            return new Outcome(replay.LastPosition, fault);
        }
        catch (Exception unreadable) when (unreadable is not (DbException or OperationCanceledException))
        {
            // Nothing that the ledger wrote: a disk, or somebody, has changed it.
            return new Outcome(replay.LastPosition, $"What is stored after position {replay.LastPosition} cannot be read: {unreadable.Message}");
        }
    }

    public static async Task<DbTransaction> SnapshotAsync(DbConnection connection, CancellationToken stop) =>
        connection is SqliteConnection sqlite
            ? sqlite.BeginTransaction(deferred: true)
            : await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, stop).ConfigureAwait(false);

    private static async Task<string?> FaultAsync(DbConnection connection, DbTransaction moment, JournalReplay replay, CancellationToken stop)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = moment;
        command.CommandTimeout = 0;
        command.CommandText = EntryRow.Select + " ORDER BY t.position";
        await using var rows = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
        while (await rows.ReadAsync(stop).ConfigureAwait(false))
        {
            if (replay.Add(EntryRow.Read(rows)) is { } fault)
                return fault;
        }

        await rows.CloseAsync().ConfigureAwait(false);
        return replay.End() ?? await CompareAsync(connection, moment, replay).ConfigureAwait(false);
    }

    /// <summary>The balances kept beside the log against what it comes to.</summary>
    public static async Task<string?> CompareAsync(DbConnection connection, DbTransaction moment, JournalReplay replay)
    {
        // An account whose row names nothing the log knows is as wrong as one with another balance.
        var known = 0;
        await foreach (var row in connection.QueryUnbufferedAsync<AccountRow>($"{AccountRow.Select} ORDER BY a.id", transaction: moment).ConfigureAwait(false))
        {
            var account = row.ToAccount();
            if (replay.BalanceOf(account.Key) is not { } balance)
                return $"Account {account.Key} has a row and no entry.";
            if (balance != account.Balance)
                return $"Account {account.Key} is at {account.Balance}, the log comes to {balance}.";
            known++;
        }

        return known == replay.Accounts ? null : $"The log knows {replay.Accounts} accounts, the store has {known}.";
    }
}
