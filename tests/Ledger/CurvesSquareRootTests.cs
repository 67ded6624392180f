using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Rally.Ledger.Curves;
using Xunit;
using static Rally.Ledger.Tests.CurvesGen;

namespace Rally.Ledger.Tests;

public sealed class CurvesSquareRootTests
{
    private static readonly Gen<ulong> AnySize =
        from value in ArbMap.Default.GeneratorFor<DoNotSize<ulong>>()
        from bits in Gen.Choose(0, 63)
        select value.Item >> bits;

    [Fact]
    public void A_root_is_the_greatest_number_whose_square_is_not_above() => Holds(AnySize, AnySize, (high, low) =>
    {
        var square = new UInt128(high, low);
        return IsRoot(square) && IsRoot(low) && IsRoot(square >> 1);
    });

    [Fact]
    public void Roots_are_exact_beside_squares() => Holds(AnySize, root =>
    {
        var square = (UInt128)root * root;
        return SquareRoot.Floor(square) == root
            && (root == 0 || SquareRoot.Floor(square - 1) == root - 1)
            && SquareRoot.Floor(square + root + root) == root;
    });

    [Fact]
    public void Roots_are_exact_at_the_edges()
    {
        Assert.Equal(ulong.MaxValue, SquareRoot.Floor(UInt128.MaxValue));
        for (var bits = 0; bits < 128; bits++)
        {
            Assert.True(IsRoot(UInt128.One << bits));
            Assert.True(IsRoot((UInt128.One << bits) - 1));
            Assert.True(IsRoot((UInt128.One << bits) + 1));
        }
    }

    private static bool IsRoot(UInt128 square)
    {
        BigInteger root = SquareRoot.Floor(square);
        return root * root <= square && (root + 1) * (root + 1) > square;
    }
}
