using System.Numerics;

namespace Rally.Ledger.Curves;

/// <summary>
/// The logistic price <c>600 * (1 + q(160,000)) / (1 + q(b))</c> RLY, where <c>q(b) = e^((110,419 - b) / 10,000)</c>, at every hundredth
/// coin. The numbers come from whole-number arithmetic alone, so they are the same on every machine.
/// </summary>
/// <remarks>
/// The midpoint is the lowest whole coin with which the full reserve is not above 30 million RLY. The rounded prices define the curve:
/// change nothing here once a coin is sold on it.
/// </remarks>
internal static class SigmoidKnots
{
    public const int CoinsApart = 100;

    public const int Segments = 1_600;

    /// <summary>What prices are counted in: 10^-8 RLY for a coin.</summary>
    public const ulong PricesPerRly = 100_000_000;

    private const int Midpoint = 110_419;

    /// <summary>The number of coins over which <c>q</c> falls to its e-th part.</summary>
    private const int Width = 10_000;

    private const int TopPrice = 600;

    /// <summary>1 in fixed point: some 57 digits, of which the steps from knot to knot lose fewer than 10.</summary>
    private static readonly BigInteger One = BigInteger.One << 192;

    /// <summary>The price at each knot, from the first coin to the last, rounded to the nearest.</summary>
    public static ulong[] Prices()
    {
        var q = Exponential(Midpoint - (Segments * CoinsApart), Width);
        var step = Exponential(CoinsApart, Width);
        var top = TopPrice * PricesPerRly * (One + q);
        var prices = new ulong[Segments + 1];
        for (var knot = Segments; knot >= 0; knot--)
        {
            var divisor = One + q;
            prices[knot] = (ulong)((top + (divisor >> 1)) / divisor);
            q = (q * step) / One;
        }

        return prices;
    }

    /// <summary>e to a fraction in fixed point, by its series; below zero the reciprocal, because terms of both signs cancel digits.</summary>
    private static BigInteger Exponential(int numerator, int denominator)
    {
        if (numerator < 0)
            return One * One / Exponential(-numerator, denominator);
        var sum = One;
        var term = One;
        for (var n = 1; !term.IsZero; n++)
        {
            term = term * numerator / (denominator * n);
            sum += term;
        }

        return sum;
    }
}
