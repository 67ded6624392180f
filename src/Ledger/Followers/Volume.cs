using Rally.Ledger.Amounts;

namespace Rally.Ledger.Followers;

/// <summary>
/// Sums of what was traded. Unlike balances they have no bound: somebody who buys and sells all of a coin again and again
/// gets past 64 bits, so they stop at the most that fits.
/// </summary>
internal static class Volume
{
    public static Amount Add(Amount sum, Amount more) =>
        more.MinorUnits > long.MaxValue - sum.MinorUnits ? new(long.MaxValue) : new(sum.MinorUnits + more.MinorUnits);
}
