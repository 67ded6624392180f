using System.Data.Common;
using Dapper;
using Rally.Ledger.Amounts;
using Rally.Ledger.Escrow;
using Rally.Ledger.Store;

namespace Rally.Ledger.Journal;

/// <summary>
/// Compares what the store keeps beside the log with what the log comes to: every account's balance and limits, and every
/// pending transfer. Rows go by one at a time; those of pending transfers that have ended are held against the log's own rows.
/// </summary>
internal static class StoredFigures
{
    private const string Holds = """
        SELECT h.id, h.position, h.sender, h.receiver, h.coin, h.amount, h.held_at, h.expires_at, h.state, h.resolved_position,
               m.id AS made_id, a.holder AS made_by, a.coin AS made_coin, m.amount AS made_amount, m.posted_at AS made_at, m.details AS made_details,
               e.kind AS end_kind, e.details AS end_details
        FROM ledger_hold h
        LEFT JOIN ledger_transfer m ON m.position = h.position AND m.kind = 'hold'
        LEFT JOIN ledger_account a ON a.id = m.debit_account
        LEFT JOIN ledger_transfer e ON e.position = h.resolved_position AND e.link = 0 AND e.kind IN ('post', 'void', 'expire')
        """;

    /// <param name="connection">To the store.</param>
    /// <param name="moment">The one whose log was replayed.</param>
    /// <param name="replay">The whole log, found right.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>The first row that is wrong, in words; null when all are right.</returns>
    public static async Task<string?> FaultAsync(DbConnection connection, DbTransaction moment, JournalReplay replay, CancellationToken stop) =>
        await AccountFaultAsync(connection, moment, replay, stop).ConfigureAwait(false)
        ?? await HoldFaultAsync(connection, moment, replay.Holds, stop).ConfigureAwait(false);

    private static async Task<string?> AccountFaultAsync(DbConnection connection, DbTransaction moment, JournalReplay replay, CancellationToken stop)
    {
        // An account whose row names nothing the log knows is as wrong as one with another balance.
        var known = 0;
        await foreach (var row in connection.QueryUnbufferedAsync<AccountRow>($"{AccountRow.Select} ORDER BY a.id", transaction: moment)
            .WithCancellation(stop).ConfigureAwait(false))
        {
            var account = row.ToAccount();
            if (replay.FiguresOf(account.Key) is not { } figures)
                return $"Account {account.Key} has a row and no entry.";
            if (figures.Balance != account.Balance)
                return $"Account {account.Key} is at {account.Balance}, the log comes to {figures.Balance}.";
            if (figures != account.Stored)
                return $"Account {account.Key} has the limits {Limits(account.Stored)}, the log comes to {Limits(figures)}.";
            known++;
        }

        return known == replay.Accounts.Count ? null : $"The log knows {replay.Accounts.Count} accounts, the store has {known}.";
    }

    private static async Task<string?> HoldFaultAsync(DbConnection connection, DbTransaction moment, HoldReplay holds, CancellationToken stop)
    {
        var known = 0L;
        await foreach (var row in connection.QueryUnbufferedAsync<KeptHold>($"{Holds} ORDER BY h.position", transaction: moment)
            .WithCancellation(stop).ConfigureAwait(false))
        {
            if (row.MadeId != row.Id)
                return $"The pending transfer {row.Id} has a row and no entry.";
            if ((holds.Open.TryGetValue(row.Id, out var open) ? open : row.Ended()) is not { } due)
                return $"The pending transfer {row.Id} has not ended where its row says, at position {row.ResolvedPosition}.";
            if (row.ToHold() is var kept && kept != due)
                return $"The pending transfer {row.Id} is {kept}, the log comes to {due}.";
            known++;
        }

        return known == holds.Made ? null : $"The log knows {holds.Made} pending transfers, the store has {known}.";
    }

    private static string Limits(AccountFigures figures) => $"({figures.FlowUsed} used at {figures.FlowAt}, bought at {figures.BoughtAt})";

    /// <summary>A pending transfer as kept, with the entries that made and ended it.</summary>
    private sealed class KeptHold : HoldRow
    {
        public Guid? MadeId { get; init; }

        public Guid? MadeBy { get; init; }

        public string? MadeCoin { get; init; }

        public long? MadeAmount { get; init; }

        public DateTimeOffset? MadeAt { get; init; }

        public string? MadeDetails { get; init; }

        public string? EndKind { get; init; }

        public string? EndDetails { get; init; }

        /// <returns>As the two entries tell it; null when the second is not there, or another's.</returns>
        public Hold? Ended() => EndKind is { } kind && EndDetails is { } details && HoldDetails.HoldOf(details) == Id
            ? new(
                Id, Position, MadeBy!.Value, HoldDetails.ReceiverOf(MadeDetails!), MadeCoin!, new Amount(MadeAmount!.Value), MadeAt!.Value,
                HoldDetails.ExpiryOf(MadeDetails!), HoldState.After(kind), ResolvedPosition)
            : null;
    }
}
