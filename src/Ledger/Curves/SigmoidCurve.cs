using Rally.Ledger.Amounts;

namespace Rally.Ledger.Curves;

/// <summary>
/// Rally's first curve (October 2020): an S from 0.009677 RLY, steepest at 302 RLY near 110,419 coins, to 600 RLY at 160,000, behind which
/// there are then 29,999,830.474204 RLY.
/// </summary>
/// <remarks>
/// The formula was never public; ours is the logistic one of <see cref="SigmoidKnots"/>, with straight lines from knot to knot so that
/// areas are exact fractions. Before rounding, the price is within 0.00074 RLY of the logistic one, and within 0.0013% of it; the reserve
/// within 12.6 RLY of the area under the logistic one, and within 0.001% of it.
/// <para>
/// In the segment that begins with price <c>p</c> (10^-8 RLY a coin) and rises by <c>r</c> over <c>h</c> minor units, the area over the
/// first <c>x</c> of them is <c>(r*x^2 + 2*h*p*x) / (2*h)</c> in 10^-8 minor units of RLY. Areas are kept multiplied by <c>2*h</c>, so
/// that they are whole; they stay below 2^100.
/// </para>
/// </remarks>
internal sealed class SigmoidCurve : Curve
{
    public const string Name = "sigmoid";

    public static readonly SigmoidCurve Instance = new();

    /// <summary>Minor units of the coin from knot to knot, <c>h</c>.</summary>
    private const ulong Length = SigmoidKnots.CoinsApart * Amount.PerCoin;

    /// <summary>What an area kept is divided by to give minor units of RLY.</summary>
    private const ulong Denominator = 2 * Length * SigmoidKnots.PricesPerRly;

    private readonly ulong[] _prices = SigmoidKnots.Prices();

    /// <summary>The area up to each knot.</summary>
    private readonly UInt128[] _areas;

    /// <summary>The reserve at each knot, to find segments by.</summary>
    private readonly long[] _reserves;

    private SigmoidCurve()
    {
        _areas = new UInt128[_prices.Length];
        for (var knot = 1; knot < _prices.Length; knot++)
            _areas[knot] = _areas[knot - 1] + ((UInt128)(Length * Length) * (_prices[knot - 1] + _prices[knot]));
        _reserves = Array.ConvertAll(_areas, RoundedUp);
    }

    public override Amount MostSold => Amount.Coins(SigmoidKnots.Segments * SigmoidKnots.CoinsApart);

    protected override long ReserveAt(long sold)
    {
        var (knot, x) = Math.DivRem((ulong)sold, Length);
        return x == 0
            ? _reserves[knot]
            : RoundedUp(_areas[knot] + ((UInt128)((Rise(knot) * x) + (2 * Length * _prices[knot])) * x));
    }

    protected override long PriceAt(long sold)
    {
        var (knot, x) = Math.DivRem((ulong)sold, Length);
        var rise = x == 0 ? 0 : Rise(knot) * x / Length;
        return (long)((_prices[knot] + rise) / (SigmoidKnots.PricesPerRly / Amount.PerCoin));
    }

    /// <summary>
    /// Finds the segment, then in it the greatest whole <c>x</c> with <c>r*x^2 + 2*h*p*x</c> within the area left for it, by the quadratic
    /// formula. Exact: dropping the root's fraction cannot change the quotient's whole part. What the root is taken of is at most
    /// <c>(h*600*10^8)^2</c>, below 2^125.
    /// </summary>
    protected override long MostWithin(long reserve)
    {
        var found = Array.BinarySearch(_reserves, reserve);
        var knot = (ulong)(found >= 0 ? found : ~found - 1);
        var left = ((UInt128)(ulong)reserve * Denominator) - _areas[knot];
        var start = Length * _prices[knot];
        var rise = Rise(knot);
        var root = SquareRoot.Floor(((UInt128)start * start) + (rise * left));
        return (long)((knot * Length) + ((root - start) / rise));
    }

    private ulong Rise(ulong knot) => _prices[knot + 1] - _prices[knot];

    private static long RoundedUp(UInt128 area) => (long)((area + (Denominator - 1)) / Denominator);
}
