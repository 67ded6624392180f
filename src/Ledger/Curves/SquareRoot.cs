using System.Numerics;

namespace Rally.Ledger.Curves;

/// <summary>Square roots in whole numbers.</summary>
internal static class SquareRoot
{
    /// <summary>The greatest whole number whose square is not above <paramref name="square"/>.</summary>
    public static ulong Floor(UInt128 square)
    {
        if (square <= ulong.MaxValue)
            return Floor((ulong)square);

        // The leading 63 or 64 bits give the leading half of the root with cheap divisions, and one step more doubles it.
        var shift = (65 - (int)UInt128.LeadingZeroCount(square)) & ~1;
        var root = ((UInt128)Floor((ulong)(square >> shift)) + 1) << (shift / 2);
        while (true)
        {
            var next = (root + (square / root)) >> 1;
            if (next >= root)
                return (ulong)root;
            root = next;
        }
    }

    /// <summary>Newton's steps come down to the root from any whole number not below it, and the first that does not go down has it.</summary>
    private static ulong Floor(ulong square)
    {
        if (square == 0)
            return 0;
        var root = 1UL << ((65 - BitOperations.LeadingZeroCount(square)) / 2);
        while (true)
        {
            var next = (root + (square / root)) >> 1;
            if (next >= root)
                return root;
            root = next;
        }
    }
}
