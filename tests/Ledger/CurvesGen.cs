using FsCheck;
using FsCheck.Fluent;
using Rally.Ledger.Amounts;
using Rally.Ledger.Curves;

namespace Rally.Ledger.Tests;

/// <summary>Points on curves and payments, with the edges as often as anywhere between them.</summary>
internal static class CurvesGen
{
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(3_000);

    private static readonly Gen<long> NotNegative = ArbMap.Default.GeneratorFor<DoNotSize<long>>().Select(value => value.Item & long.MaxValue);

    /// <summary>Any number of bits as likely as any other.</summary>
    private static readonly Gen<long> OfAnySize =
        from value in NotNegative
        from bits in Gen.Choose(0, 62)
        select value >> bits;

    /// <summary>Numbers sold that are on the curve.</summary>
    public static Gen<Amount> Sold(Curve curve)
    {
        var most = curve.MostSold.MinorUnits;
        var knots = from knot in Gen.Choose(0, (int)(most / Amount.Coins(100).MinorUnits))
                    from beside in Gen.Choose(-2, 2)
                    select (knot * Amount.Coins(100).MinorUnits) + beside;
        return Gen.OneOf(
            NotNegative.Select(value => value % (most + 1)),
            OfAnySize.Select(value => value % (most + 1)),
            OfAnySize.Select(value => most - (value % (most + 1))),
            knots,
            Gen.Elements(0, 1, most - 1, most)).Select(value => new Amount(Math.Clamp(value, 0, most)));
    }

    /// <summary>RLY from nothing to all that fits.</summary>
    public static Gen<Amount> Rly(Curve curve)
    {
        var full = curve.Reserve(curve.MostSold).MinorUnits;
        return Gen.OneOf(
            NotNegative.Select(value => value % (full + 1)),
            OfAnySize,
            OfAnySize.Select(value => value % (full + 1)),
            Gen.Elements(0, 1, 2, full - 1, full, full + 1, long.MaxValue - 1, long.MaxValue)).Select(value => new Amount(value));
    }

    public static void Holds<T>(Gen<T> values, Func<T, bool> law) => Prop.ForAll(values.ToArbitrary(), law).Check(Thorough);

    public static void Holds<T1, T2>(Gen<T1> first, Gen<T2> second, Func<T1, T2, bool> law) =>
        Prop.ForAll(first.ToArbitrary(), second.ToArbitrary(), law).Check(Thorough);

    public static void Holds<T1, T2, T3>(Gen<T1> first, Gen<T2> second, Gen<T3> third, Func<T1, T2, T3, bool> law) =>
        Prop.ForAll(first.ToArbitrary(), second.ToArbitrary(), third.ToArbitrary(), law).Check(Thorough);
}
