using System.Numerics;

namespace Rally.Ledger.Tests;

/// <summary>
/// The true logistic price and its area, to some 60 digits, by other means than the curve's: 600 RLY at 160,000 coins, midpoint
/// <paramref name="midpoint"/>, 1/10,000 a coin.
/// </summary>
internal sealed class CurvesLogistic(int midpoint)
{
    /// <summary>1 RLY, coin or number.</summary>
    public static readonly BigInteger One = BigInteger.Pow(10, 60);

    private const int Width = 10_000;

    /// <summary>What the price tends to far beyond the end.</summary>
    private readonly BigInteger _limit = 600 * (One + (One * One / Exponential(Of(160_000 - midpoint))));

    /// <summary>e^(midpoint/width).</summary>
    private readonly BigInteger _middle = Exponential(Of(midpoint));

    /// <summary>RLY a coin: limit * e^b / (e^b + e^midpoint), with b and midpoint in widths.</summary>
    public BigInteger Price(int coins)
    {
        var power = Exponential(Of(coins));
        return _limit * power / (power + _middle);
    }

    /// <summary>RLY: limit * width * ln((e^b + e^midpoint) / (1 + e^midpoint)), with b and midpoint in widths.</summary>
    public BigInteger Area(int coins) =>
        _limit * Width * Logarithm((Exponential(Of(coins)) + _middle) * One / (One + _middle)) / One;

    private static BigInteger Of(int coins) => coins * One / Width;

    /// <summary>The series at a 1,024th of what is not below zero, then squared ten times.</summary>
    private static BigInteger Exponential(BigInteger power)
    {
        var guarded = BigInteger.Pow(10, 10);
        var one = One * guarded;
        var small = power * guarded / 1_024;
        var (sum, term) = (one, one);
        for (var n = 1; !term.IsZero; n++)
        {
            term = term * small / one / n;
            sum += term;
        }

        for (var i = 0; i < 10; i++)
            sum = sum * sum / one;
        return sum / guarded;
    }

    /// <summary>Of what is not below 1: halved until below 2, then 2 * (z + z^3/3 + z^5/5 + ...) with z = (y - 1)/(y + 1).</summary>
    private static BigInteger Logarithm(BigInteger number)
    {
        var halvings = 0;
        for (; number >= 2 * One; number /= 2)
            halvings++;
        return OfBelowTwo(number) + (halvings == 0 ? 0 : halvings * OfBelowTwo(2 * One));

        static BigInteger OfBelowTwo(BigInteger number)
        {
            var z = (number - One) * One / (number + One);
            var (sum, power) = (BigInteger.Zero, z);
            for (var n = 1; !power.IsZero; n += 2)
            {
                sum += power / n;
                power = power * z / One * z / One;
            }

            return 2 * sum;
        }
    }
}
