using FsCheck;
using FsCheck.Fluent;
using Rally.Ledger.Amounts;
using Xunit;

namespace Rally.Ledger.Tests;

public sealed class AmountTests
{
    private static readonly Gen<long> AnyLong = ArbMap.Default.GeneratorFor<DoNotSize<long>>().Select(value => value.Item);

    /// <summary>Numbers near zero and at the edges as often as anywhere between them.</summary>
    private static readonly Arbitrary<long> AnyUnits = Gen.OneOf(
        AnyLong,
        Gen.Choose(-2_000_000, 2_000_000).Select(value => (long)value),
        Gen.Elements(long.MinValue, long.MinValue + 1, -1_000_000, -1, 0, 1, 999_999, 1_000_000, long.MaxValue - 1, long.MaxValue)).ToArbitrary();

    [Fact]
    public void What_is_written_is_read_back() =>
        Check(AnyUnits, units => Amount.TryParse(new Amount(units).ToString(), out var read) && read.MinorUnits == units);

    [Fact]
    public void What_is_written_agrees_with_decimal_arithmetic() =>
        Check(AnyUnits, units => decimal.Parse(new Amount(units).ToString(), System.Globalization.CultureInfo.InvariantCulture) == units / 1_000_000m);

    [Fact]
    public void Sums_and_differences_are_exact_or_throw() =>
        Prop.ForAll(AnyUnits, AnyUnits, (a, b) =>
            Same(() => new Amount(a) + new Amount(b), (Int128)a + b) && Same(() => new Amount(a) - new Amount(b), (Int128)a - b))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_share_is_exact_or_throws() =>
        Prop.ForAll(AnyUnits, AnyUnits, AnyUnits, (units, numerator, denominator) =>
            denominator == 0 || Same(() => new Amount(units).Share(numerator, denominator), (Int128)units * numerator / denominator))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Shares_that_make_up_the_whole_never_exceed_it() =>
        Prop.ForAll(
            AnyLong.Where(units => units >= 0).ToArbitrary(),
            Gen.Choose(1, 1_000_000).ToArbitrary(),
            Gen.Choose(0, 1_000_000).ToArbitrary(),
            (units, parts, any) =>
            {
                var part = any % (parts + 1);
                var sum = new Amount(units).Share(part, parts) + new Amount(units).Share(parts - part, parts);
                return sum.MinorUnits == units || sum.MinorUnits == units - 1;
            }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("60", 60_000_000)]
    [InlineData("0.5", 500_000)]
    [InlineData("0.000001", 1)]
    [InlineData("-1.000001", -1_000_001)]
    [InlineData("007.10", 7_100_000)]
    [InlineData("9223372036854.775807", long.MaxValue)]
    [InlineData("-9223372036854.775808", long.MinValue)]
    public void A_plain_decimal_number_is_read(string text, long minorUnits)
    {
        Assert.True(Amount.TryParse(text, out var amount));
        Assert.Equal(minorUnits, amount.MinorUnits);
    }

    [Theory]
    [InlineData(null), InlineData(""), InlineData("-"), InlineData("."), InlineData("1."), InlineData(".5"), InlineData("+1")]
    [InlineData("1e3"), InlineData("1,000"), InlineData("1 000"), InlineData(" 1"), InlineData("1\n"), InlineData("--1"), InlineData("0x10")]
    [InlineData("0.0000001"), InlineData("9223372036854.775808"), InlineData("-9223372036854.775809"), InlineData("NaN"), InlineData("١")]
    [InlineData("99999999999999999999999999999999999999"), InlineData("0000000000000000000000000000000000000000001")]
    public void Anything_else_is_not_a_number(string? text) => Assert.False(Amount.TryParse(text, out _));

    [Fact]
    public void More_coins_than_fit_throw() => Assert.Throws<OverflowException>(() => Amount.Coins(9_223_372_036_855));

    private static void Check(Arbitrary<long> values, Func<long, bool> law) => Prop.ForAll(values, law).QuickCheckThrowOnFailure();

    private static bool Same(Func<Amount> compute, Int128 exact)
    {
        try
        {
            return compute().MinorUnits == exact;
        }
        catch (OverflowException)
        {
            return exact < long.MinValue || exact > long.MaxValue;
        }
    }
}
