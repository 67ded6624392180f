using System.Data;
using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using Rally.Ledger.Amounts;
using Rally.Storage;

namespace Rally.Ledger.Journal;

/// <summary>
/// Replays the whole log from nothing and compares: positions without gaps, every balance the log tells, no account
/// below zero that may not be, the balances kept beside the log, and a sum of zero for each coin. It sees one moment
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
        var accounts = (await connection.QueryAsync<AccountRow>(new CommandDefinition(
            "SELECT id, coin, kind, balance FROM ledger_account ORDER BY id", transaction: moment, cancellationToken: stop)).ConfigureAwait(false))
            .ToDictionary(row => row.Id, row => new Replayed(row));
        var last = 0L;
        var entries = connection.QueryUnbufferedAsync<EntryRow>("""
            SELECT position, debit_account, credit_account, coin, amount, posted_at, debit_balance, credit_balance
            FROM ledger_transfer
            ORDER BY position
            """, transaction: moment);
        var time = DateTimeOffset.MinValue;
        await foreach (var entry in entries.WithCancellation(stop).ConfigureAwait(false))
        {
            if (entry.Position != last + 1)
                return new Outcome(last, $"The log goes from position {last} to {entry.Position}.");
            if (entry.PostedAt < time)
                return new Outcome(last, $"Position {entry.Position} was posted before the one in front of it.");
            if (Replay(entry, accounts) is { } fault)
                return new Outcome(last, $"Position {entry.Position}: {fault}");
            (last, time) = (entry.Position, entry.PostedAt);
        }

        return new Outcome(last, Compare(accounts.Values));
    }

    private static async Task<DbTransaction> SnapshotAsync(DbConnection connection, CancellationToken stop) =>
        connection is SqliteConnection sqlite
            ? sqlite.BeginTransaction(deferred: true)
            : await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, stop).ConfigureAwait(false);

    private static string? Replay(EntryRow entry, Dictionary<long, Replayed> accounts)
    {
        if (!accounts.TryGetValue(entry.DebitAccount, out var debit) || !accounts.TryGetValue(entry.CreditAccount, out var credit))
            return $"account {entry.DebitAccount} or {entry.CreditAccount} does not exist.";
        if (debit.Row.Coin != entry.Coin || credit.Row.Coin != entry.Coin)
            return $"{entry.Coin} moved between accounts of {debit.Row.Coin} and {credit.Row.Coin}.";
        if (entry.Amount <= 0 || debit == credit)
            return $"{new Amount(entry.Amount)} moved from account {entry.DebitAccount} to {entry.CreditAccount}.";
        debit.Balance -= entry.Amount;
        credit.Balance += entry.Amount;
        if (debit.Balance != entry.DebitBalance || credit.Balance != entry.CreditBalance)
            return $"it says {new Amount(entry.DebitBalance)} and {new Amount(entry.CreditBalance)} were left, " +
                $"the log before it comes to {debit.Balance} and {credit.Balance} minor units.";
        return debit.Balance < 0 && !AccountKind.MayGoBelowZero(debit.Row.Kind)
            ? $"account {entry.DebitAccount} went below zero."
            : null;
    }

    private static string? Compare(IReadOnlyCollection<Replayed> accounts)
    {
        if (accounts.FirstOrDefault(account => account.Balance != account.Row.Balance) is { } differs)
            return $"Account {differs.Row.Id} of {differs.Row.Coin} is at {new Amount(differs.Row.Balance)}, the log comes to {differs.Balance} minor units.";
        return accounts
            .GroupBy(account => account.Row.Coin)
            .Select(coin => (coin.Key, Sum: coin.Aggregate(Int128.Zero, (sum, account) => sum + account.Balance)))
            .Where(coin => coin.Sum != 0)
            .Select(coin => $"All accounts of {coin.Key} come to {coin.Sum} minor units instead of zero.")
            .FirstOrDefault();
    }

    private sealed class Replayed(AccountRow row)
    {
        public AccountRow Row => row;

        public Int128 Balance { get; set; }
    }

    private sealed record AccountRow(long Id, string Coin, string Kind, long Balance);

    private sealed record EntryRow(
        long Position, long DebitAccount, long CreditAccount, string Coin, long Amount, DateTimeOffset PostedAt, long DebitBalance, long CreditBalance);
}
