using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;

namespace Rally.Ledger.Journal;

/// <summary>What became of a command.</summary>
internal abstract record PostResult
{
    /// <summary>Committed durably, all of it.</summary>
    /// <param name="Entries">One for each order, in their order.</param>
    /// <param name="Repeated">The same orders had been posted before; these are their first entries.</param>
    public sealed record Posted(IReadOnlyList<JournalEntry> Entries, bool Repeated) : PostResult;

    /// <summary>Nothing of the command was done. It is not remembered: the same ids may be tried again.</summary>
    /// <param name="TransferId">The order at fault.</param>
    public abstract record Refused(Guid TransferId) : PostResult;

    public sealed record InsufficientFunds(Guid TransferId, Amount Available) : Refused(TransferId);

    public sealed record UnknownCoin(Guid TransferId, string Symbol) : Refused(TransferId);

    public sealed record SameAccount(Guid TransferId) : Refused(TransferId);

    /// <summary>The id stands in the log with other content, or only part of the linked orders stands there.</summary>
    public sealed record IdConflict(Guid TransferId) : Refused(TransferId);

    /// <summary>A balance would not fit 64 bits.</summary>
    public sealed record BalanceOverflow(Guid TransferId) : Refused(TransferId);

    public sealed record CoinExists(Guid TransferId, Coin Existing) : Refused(TransferId);
}
