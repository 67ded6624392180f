using Rally.Ledger.Amounts;
using Rally.Ledger.Escrow;
using Rally.Ledger.Journal;
using Rally.Ledger.Transfers;

namespace Rally.Ledger.Spending;

/// <summary>Looks up what left an account under a transfer's or trade's id.</summary>
public sealed class FindSpent
{
    private readonly FindTransfer _transfers;
    private readonly FindPending _pending;

    internal FindSpent(FindTransfer transfers, FindPending pending) => (_transfers, _pending) = (transfers, pending);

    /// <returns>Null when nothing left the account under that id.</returns>
    public async Task<Spent?> ExecuteAsync(Guid account, Guid id, CancellationToken stop = default)
    {
        // The coins that leave are the first entry's, which has the id itself.
        if (await _transfers.ExecuteAsync(id, stop).ConfigureAwait(false) is not { Order: var order } || order.Debit.Holder != account)
            return null;
        if (order.Kind != TransferKind.Hold || await _pending.ExecuteAsync(id, stop).ConfigureAwait(false) is not { } pending)
            return new(order.Amount, IsPending: false);
        return pending.Resolution is { } end ? new(end.Posted, IsPending: false) : new(order.Amount, IsPending: true);
    }
}

/// <summary>What left an account.</summary>
/// <param name="Amount">Zero when it has come back.</param>
/// <param name="IsPending">It is held, and may come back.</param>
public sealed record Spent(Amount Amount, bool IsPending);
