using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;

namespace Rally.Ledger.Journal;

/// <summary>What became of a command.</summary>
internal abstract record PostResult
{
    /// <summary>Committed durably, all of it.</summary>
    /// <param name="Entries">In their order.</param>
    /// <param name="Repeated">The same had been posted before; these are its first entries.</param>
    public sealed record Posted(IReadOnlyList<JournalEntry> Entries, bool Repeated) : PostResult;

    /// <summary>A coin was launched, or changed; there may be no entries with it.</summary>
    public sealed record CoinSaved(Coin Coin) : PostResult;

    /// <summary>Nothing of the command was done. It is not remembered: the same ids may be tried again.</summary>
    public abstract record Refused : PostResult;

    /// <param name="Available">What is on the account.</param>
    /// <param name="Coin">Of which coin.</param>
    public sealed record InsufficientFunds(Amount Available, string Coin) : Refused;

    public sealed record UnknownCoin(string Symbol) : Refused;

    public sealed record SameAccount : Refused;

    /// <summary>The id stands in the log with other content, or with other linked transfers.</summary>
    public sealed record IdConflict(Guid TransferId) : Refused;

    /// <summary>A balance would not fit 64 bits.</summary>
    public sealed record BalanceOverflow : Refused;

    public sealed record CoinExists(Coin Existing) : Refused;

    /// <summary>The operator has stopped the coin.</summary>
    public sealed record CoinSuspended(string Symbol) : Refused;

    /// <summary>Flow control.</summary>
    /// <param name="Remaining">What may be sold and sent now.</param>
    public sealed record OverAllowance(Amount Remaining) : Refused;

    /// <summary>The coin is not sold by the ledger.</summary>
    public sealed record NoMarket(string Symbol) : Refused;

    /// <summary>The price has moved beyond the bound.</summary>
    /// <param name="Amount">What it would be now: of RLY or coins, whichever the bound was on.</param>
    public sealed record BeyondBound(Amount Amount) : Refused;

    /// <param name="Remaining">What the curve has left to sell.</param>
    public sealed record SoldOut(Amount Remaining) : Refused;

    /// <summary>So little that one side of the trade would be nothing.</summary>
    public sealed record TooSmall : Refused;

    /// <summary>The coin's backing, or the amount sold, is less than what was asked for.</summary>
    public sealed record TooLarge(Amount Most) : Refused;

    /// <param name="Largest">Purchase control's cap.</param>
    public sealed record PurchaseTooLarge(Amount Largest) : Refused;

    /// <param name="Next">When purchase control allows the next one.</param>
    public sealed record PurchaseTooSoon(DateTimeOffset Next) : Refused;

    /// <summary>A transfer that would not be pending for a moment.</summary>
    public sealed record ExpiryPassed(DateTimeOffset ExpiresAt) : Refused;

    public sealed record UnknownHold(Guid Hold) : Refused;

    /// <param name="State">Posted, voided or expired.</param>
    public sealed record HoldNotOpen(string State) : Refused;

    /// <param name="Held">All there is.</param>
    public sealed record MoreThanHeld(Amount Held) : Refused;

    /// <summary>There is nothing to do.</summary>
    public sealed record NothingDue : Refused;
}
