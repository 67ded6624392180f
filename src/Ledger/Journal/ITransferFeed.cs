namespace Rally.Ledger.Journal;

/// <summary>The log of transfers as others follow it: in commit order, gap-free, from a position they keep themselves.</summary>
public interface ITransferFeed
{
    /// <summary>The last committed position; 0 when the log is empty.</summary>
    Task<long> LastPositionAsync(CancellationToken stop);

    /// <summary>Committed transfers with a position above <paramref name="after"/>, in order.</summary>
    /// <param name="after">The last position the follower has dealt with; 0 for all.</param>
    /// <param name="limit">At most this many, 1 to 10,000.</param>
    /// <param name="stop">Ends the read.</param>
    Task<IReadOnlyList<TransferPosted>> ReadAsync(long after, int limit, CancellationToken stop);

    /// <summary>The same, each with the event that it is of.</summary>
    Task<IReadOnlyList<TransferPosted>> ReadWithEventsAsync(long after, int limit, CancellationToken stop);

    /// <summary>
    /// Returns once a position above <paramref name="after"/> may have been committed. It may return early, and a
    /// follower reads again either way.
    /// </summary>
    Task WaitAsync(long after, CancellationToken stop);
}
