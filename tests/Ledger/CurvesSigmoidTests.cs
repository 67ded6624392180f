using System.Numerics;
using Rally.Ledger.Amounts;
using Rally.Ledger.Curves;
using Xunit;
using static Rally.Ledger.Tests.CurvesGen;

namespace Rally.Ledger.Tests;

/// <summary>The sigmoid curve against the logistic one, and its arithmetic against fractions of any size.</summary>
public sealed class CurvesSigmoidTests
{
    private static readonly Curve Sigmoid = Curve.Named("sigmoid")!;

    private static readonly CurvesLogistic Logistic = new(midpoint: 110_419);

    private static readonly ulong[] Knots = SigmoidKnots.Prices();

    private static readonly BigInteger[] TwiceAreas = TwiceTheAreaUpToEachKnot();

    [Fact]
    public void All_sold_there_are_nearly_30_million_RLY_behind_the_coin_and_never_more()
    {
        Assert.Equal(Amount.Coins(160_000), Sigmoid.MostSold);
        Assert.Equal("29999830.474204", Sigmoid.Reserve(Sigmoid.MostSold).ToString());
        Assert.True(Logistic.Area(160_000) < 30_000_000 * CurvesLogistic.One);
        Assert.True(new CurvesLogistic(midpoint: 110_418).Area(160_000) > 30_000_000 * CurvesLogistic.One);
    }

    [Theory]
    [InlineData(0, "0.009677"), InlineData(110_419, "302.107878"), InlineData(160_000, "600")]
    public void The_price_is_an_S_up_to_600_RLY(int coins, string price) => Assert.Equal(price, Sigmoid.Price(Amount.Coins(coins)).ToString());

    [Fact]
    public void Prices_at_knots_are_the_logistic_ones_to_the_nearest_and_always_rise()
    {
        var unit = CurvesLogistic.One / SigmoidKnots.PricesPerRly;
        for (var knot = 0; knot <= SigmoidKnots.Segments; knot++)
        {
            Assert.Equal(((2 * Logistic.Price(knot * SigmoidKnots.CoinsApart)) + unit) / (2 * unit), Knots[knot]);
            Assert.True(knot == 0 || Knots[knot] > Knots[knot - 1], $"The price does not rise before knot {knot}.");
        }
    }

    /// <summary>The bounds the curve's documentation states.</summary>
    [Fact]
    public void Price_and_reserve_stay_near_the_logistic_ones()
    {
        var minorUnit = CurvesLogistic.One / Amount.PerCoin;
        var (price, priceShare, reserve, reserveShare) = (BigInteger.Zero, BigInteger.Zero, BigInteger.Zero, BigInteger.Zero);
        for (var coins = 25; coins <= 160_000; coins += 25)
        {
            // Without the rounding of answers, which is tested elsewhere: in hundredths of 10^-6.
            var (knot, offset) = Math.DivRem(coins, SigmoidKnots.CoinsApart);
            var rise = offset == 0 ? 0 : Knots[knot + 1] - Knots[knot];
            var drawn = ((Knots[knot] * 100) + (rise * (ulong)offset)) * minorUnit / 100 / 100;
            var (exact, area) = (Logistic.Price(coins), Logistic.Area(coins));
            var off = BigInteger.Abs(drawn - exact);
            price = BigInteger.Max(price, off);
            priceShare = BigInteger.Max(priceShare, off * CurvesLogistic.One / exact);

            off = BigInteger.Abs((TwiceArea(Amount.Coins(coins)) * minorUnit / TwiceAreaOfMinorUnit) - area);
            reserve = BigInteger.Max(reserve, off);
            reserveShare = BigInteger.Max(reserveShare, off * CurvesLogistic.One / area);
        }

        AssertBetween(0.00070m, price, 0.00074m);
        AssertBetween(0.000012m, priceShare, 0.000013m);
        AssertBetween(12.5m, reserve, 12.6m);
        AssertBetween(0.000008m, reserveShare, 0.00001m);
    }

    [Fact]
    public void The_reserve_is_the_exact_area_rounded_up() => Holds(Sold(Sigmoid), sold =>
        Sigmoid.Reserve(sold).MinorUnits == (TwiceArea(sold) + TwiceAreaOfMinorUnit - 1) / TwiceAreaOfMinorUnit);

    [Fact]
    public void The_price_is_the_exact_one_rounded_down() => Holds(Sold(Sigmoid), sold =>
    {
        var (knot, x) = Math.DivRem(sold.MinorUnits, Length);
        BigInteger price = Knots[knot];
        if (x > 0)
            price = (price * Length) + (x * ((BigInteger)Knots[knot + 1] - Knots[knot]));
        return Sigmoid.Price(sold).MinorUnits == price / (x > 0 ? 100 * Length : 100);
    });

    private const long Length = SigmoidKnots.CoinsApart * Amount.PerCoin;

    /// <summary>A minor unit of RLY as <see cref="TwiceArea"/> counts: in 10^-8 RLY a coin, minor units of the coin, and segments.</summary>
    private static readonly BigInteger TwiceAreaOfMinorUnit = 2 * (BigInteger)SigmoidKnots.PricesPerRly * Length;

    /// <summary>By trapezoids, each its width times the sum of its sides.</summary>
    private static BigInteger TwiceArea(Amount sold)
    {
        var (knot, x) = Math.DivRem(sold.MinorUnits, Length);
        if (x == 0)
            return TwiceAreas[knot];
        BigInteger left = Knots[knot];
        var rightTimesLength = (left * Length) + ((Knots[knot + 1] - left) * x);
        return TwiceAreas[knot] + (x * ((left * Length) + rightTimesLength));
    }

    private static BigInteger[] TwiceTheAreaUpToEachKnot()
    {
        var areas = new BigInteger[Knots.Length];
        for (var knot = 1; knot < Knots.Length; knot++)
            areas[knot] = areas[knot - 1] + ((BigInteger)Length * Length * (Knots[knot - 1] + Knots[knot]));
        return areas;
    }

    private static void AssertBetween(decimal low, BigInteger value, decimal high) =>
        Assert.InRange((decimal)(value / BigInteger.Pow(10, 40)) / 1e20m, low, high);
}
