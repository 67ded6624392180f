using Rally.Ledger.Amounts;

namespace Rally.Ledger.Spending;

/// <summary>Whether a program may spend that much.</summary>
public abstract record SpendingVerdict
{
    private SpendingVerdict()
    {
    }

    /// <summary>It may.</summary>
    public sealed record Allowed : SpendingVerdict;

    /// <summary>That id stands for another spend.</summary>
    public sealed record IdTaken : SpendingVerdict;

    /// <summary>It may not.</summary>
    /// <param name="Coin">Of which coin.</param>
    /// <param name="Bound">Which limit stands in the way.</param>
    /// <param name="Limit">That limit.</param>
    /// <param name="Left">What is left of it.</param>
    public sealed record OverLimit(string Coin, SpendingBound Bound, Amount Limit, Amount Left) : SpendingVerdict;
}

/// <summary>Which of a program's limits.</summary>
public enum SpendingBound
{
    /// <summary>It has none, so it may spend nothing of the coin.</summary>
    None,

    /// <summary>That of any 24 hours.</summary>
    Day,

    /// <summary>That of all its spends.</summary>
    All,
}
