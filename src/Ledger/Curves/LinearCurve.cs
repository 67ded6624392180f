using Rally.Ledger.Amounts;

namespace Rally.Ledger.Curves;

/// <summary>
/// Rally's second curve (May 2021): the price rises evenly from 0.01 RLY to 21 RLY over 16 million coins, behind which there are then
/// 168,080,000 RLY.
/// </summary>
/// <remarks>
/// Price <c>a = m*b + a0</c> after <c>b</c> coins, with <c>a0 = 0.01</c> and <c>m = 20.99 / 16,000,000</c>; reserve <c>m*b^2/2 + a0*b</c>.
/// With <c>b</c> and the reserve in minor units that is <c>(2099*b^2 + 3.2*10^13*b) / (3.2*10^15)</c>; the numerator stays below 2^100.
/// </remarks>
internal sealed class LinearCurve : Curve
{
    public const string Name = "linear";

    public static readonly LinearCurve Instance = new();

    /// <summary>What the price gains from end to end, in hundredths of RLY.</summary>
    private const ulong Rise = 2_099;

    /// <summary>Half of what <c>b</c> is multiplied by in the numerator of the reserve.</summary>
    private const ulong HalfStart = 16_000_000_000_000;

    private const ulong Denominator = 3_200_000_000_000_000;

    private LinearCurve()
    {
    }

    public override Amount MostSold => Amount.Coins(16_000_000);

    protected override long ReserveAt(long sold)
    {
        var b = (ulong)sold;
        return (long)((((UInt128)((Rise * b) + (2 * HalfStart)) * b) + (Denominator - 1)) / Denominator);
    }

    protected override long PriceAt(long sold) => 10_000 + (long)(Rise * (ulong)sold / 1_600_000_000);

    /// <summary>
    /// The greatest whole <c>b</c> with <c>2099*b^2 + 3.2*10^13*b</c> within the reserve's numerator, by the quadratic formula. Exact:
    /// dropping the root's fraction cannot change the quotient's whole part, for what is subtracted and divided by are whole.
    /// </summary>
    protected override long MostWithin(long reserve)
    {
        var root = SquareRoot.Floor(((UInt128)HalfStart * HalfStart) + ((UInt128)(ulong)reserve * Denominator * Rise));
        return (long)((root - HalfStart) / Rise);
    }
}
