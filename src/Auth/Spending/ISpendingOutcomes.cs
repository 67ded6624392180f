namespace Rally.Auth.Spending;

/// <summary>What became of spends, as the ledger knows. Whoever hosts both registers one; without it nothing unknown is given back.</summary>
public interface ISpendingOutcomes
{
    /// <returns>Null when nothing was posted under that id, or not from that account.</returns>
    Task<SpendingOutcome?> FindAsync(Guid account, Guid transferId, CancellationToken stop);
}

/// <summary>What left an account.</summary>
/// <param name="MinorUnits">Of 10^-6 of the coin; zero when it has come back.</param>
/// <param name="IsPending">It is held, and may come back.</param>
public sealed record SpendingOutcome(long MinorUnits, bool IsPending);
