using System.Numerics;
using FsCheck.Fluent;
using Rally.Ledger.Amounts;
using Rally.Ledger.Curves;
using Xunit;
using static Rally.Ledger.Tests.CurvesGen;

namespace Rally.Ledger.Tests;

/// <summary>The linear curve against its formulas in coins and RLY: a = m*b + a0, A = m*b^2/2 + a0*b, b = (sqrt(a0^2 + 2mA) - a0)/m.</summary>
public sealed class CurvesLinearTests
{
    private static readonly Curve Linear = Curve.Named("linear")!;

    /// <summary>1 RLY or 1 coin, so fine that m, a0 and every product below are whole.</summary>
    private static readonly BigInteger One = BigInteger.Pow(10, 40);

    private static readonly BigInteger A0 = One / 100;

    private static readonly BigInteger M = One * 2_099 / 100 / 16_000_000;

    [Fact]
    public void All_sold_there_are_168_080_000_RLY_behind_the_coin()
    {
        Assert.Equal(Amount.Coins(16_000_000), Linear.MostSold);
        Assert.Equal(Amount.Coins(168_080_000), Linear.Reserve(Linear.MostSold));
    }

    [Theory]
    [InlineData("0", "0.01"), InlineData("1", "0.010001"), InlineData("8000000", "10.505"), InlineData("16000000", "21")]
    [InlineData("165.412101", "0.010216")] // as near as can be below the next minor unit
    public void The_price_rises_evenly_from_a_hundredth_of_RLY_to_21(string sold, string price)
    {
        Assert.True(Amount.TryParse(sold, out var at));
        Assert.Equal(price, Linear.Price(at).ToString());
    }

    [Fact]
    public void The_price_is_the_formulas_rounded_down() => Holds(Sold(Linear), sold =>
        Linear.Price(sold).MinorUnits == ((M * Fine(sold) / One) + A0) / (One / Amount.PerCoin));

    [Fact]
    public void The_reserve_is_the_exact_area_rounded_up() => Holds(Sold(Linear), sold =>
    {
        var b = Fine(sold);
        var twice = (M * b * b) + (2 * A0 * b * One);
        return Linear.Reserve(sold).MinorUnits == Up(twice, 2 * One * One * (One / Amount.PerCoin));
    });

    [Fact]
    public void The_number_sold_is_the_inverse_formulas_rounded_down()
    {
        var full = Linear.Reserve(Linear.MostSold).MinorUnits;
        Holds(Rly(Linear).Where(rly => rly.MinorUnits <= full), rly =>
        {
            var root = Root((A0 * A0) + (2 * M * Fine(rly)));
            return Linear.CoinsFor(Amount.Zero, rly).MinorUnits == (root - A0) * Amount.PerCoin / M;
        });
    }

    private static BigInteger Fine(Amount amount) => amount.MinorUnits * (One / Amount.PerCoin);

    private static BigInteger Up(BigInteger numerator, BigInteger denominator) => (numerator + denominator - 1) / denominator;

    /// <summary>Digit by digit in base two.</summary>
    private static BigInteger Root(BigInteger square)
    {
        var root = BigInteger.Zero;
        for (var bit = (int)(square.GetBitLength() / 2); bit >= 0; bit--)
        {
            var larger = root + (BigInteger.One << bit);
            if (larger * larger <= square)
                root = larger;
        }

        return root;
    }
}
