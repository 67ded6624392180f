using System.Globalization;
using System.Numerics;
using Rally.Ledger.Amounts;

namespace Rally.Ledger.Prices;

/// <summary>US dollars for one RLY, in billionths of a dollar; above zero.</summary>
internal readonly record struct UsdRate(long NanoUsd)
{
    private const int Scale = 9;
    private const int LongestText = 100;
    private const int LargestExponent = 1_000;

    // Minor units (10^-6 RLY) times nano-dollars are 10^-15 dollars; a cent is 10^-2.
    private static readonly Int128 PerCent = 10_000_000_000_000;

    /// <summary>Reads a decimal number as JSON writes them, exponent included, and rounds it to a billionth, halves up.</summary>
    /// <returns>False when the text is anything else, or not above zero once rounded, or more than fits.</returns>
    public static bool TryParse(string? text, out UsdRate rate) => TryParse(text, exact: false, out rate);

    /// <summary>The same, but false as well when digits would be rounded away.</summary>
    public static bool TryParseExact(string? text, out UsdRate rate) => TryParse(text, exact: true, out rate);

    /// <summary>The number in its shortest exact form: <c>0.0112</c>.</summary>
    public override string ToString()
    {
        var (whole, fraction) = Math.DivRem(NanoUsd, 1_000_000_000L);
        var text = whole.ToString(CultureInfo.InvariantCulture);
        return fraction == 0 ? text : text + "." + fraction.ToString("000000000", CultureInfo.InvariantCulture).TrimEnd('0');
    }

    /// <summary>
    /// What <paramref name="rly"/> is worth in US cents, rounded to the nearest one, halves away from zero: so that what
    /// <see cref="FromCents"/> made of cents comes back as the same cents (below 5,000 dollars for one RLY).
    /// </summary>
    /// <exception cref="OverflowException">More than fits.</exception>
    public long ToCents(Amount rly)
    {
        var product = (Int128)rly.MinorUnits * NanoUsd;
        var half = Int128.Sign(product) * (PerCent / 2);
        return checked((long)((product + half) / PerCent));
    }

    /// <summary>What <paramref name="rly"/> is worth in US dollars, in an amount's six digits, rounded towards zero; null when more than fits.</summary>
    public Amount? ToUsd(Amount rly)
    {
        var usd = (Int128)rly.MinorUnits * NanoUsd / 1_000_000_000;
        return usd <= long.MaxValue && usd >= long.MinValue ? new Amount((long)usd) : null;
    }

    /// <summary>How much RLY US cents are worth, rounded towards zero to 10^-6: never more than was paid for.</summary>
    /// <exception cref="OverflowException">More than fits.</exception>
    public Amount FromCents(long cents) => new(checked((long)(cents * PerCent / NanoUsd)));

    /// <summary>Whether the other rate is more than ten times this one, or less than a tenth of it.</summary>
    public bool IsFarFrom(UsdRate other) =>
        (Int128)NanoUsd * 10 < other.NanoUsd || (Int128)other.NanoUsd * 10 < NanoUsd;

    private static bool TryParse(string? text, bool exact, out UsdRate rate)
    {
        rate = default;
        if (text is null or { Length: > LongestText } || !TryDecimal(text, out var digits, out var exponent))
            return false;
        var nano = Shift(digits, exponent + Scale, out var isRounded);
        if ((exact && isRounded) || nano <= 0 || nano > long.MaxValue)
            return false;
        rate = new((long)nano);
        return true;
    }

    /// <summary>Takes a number apart into digits * 10^exponent, exactly. Zero and below count as unreadable.</summary>
    private static bool TryDecimal(string text, out BigInteger digits, out int exponent)
    {
        exponent = 0;
        var mantissa = text.AsSpan();
        if (mantissa.IndexOfAny('e', 'E') is var e and >= 0)
        {
            if (!int.TryParse(mantissa[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent) ||
                Math.Abs((long)exponent) > LargestExponent)
            {
                digits = default;
                return false;
            }

            mantissa = mantissa[..e];
        }

        digits = 0;
        var point = mantissa.IndexOf('.');
        if (point == 0 || point == mantissa.Length - 1 || mantissa.IsEmpty)
            return false;
        for (var i = 0; i < mantissa.Length; i++)
        {
            if (i == point)
                continue;
            if (!char.IsAsciiDigit(mantissa[i]))
                return false;
            digits = (digits * 10) + (mantissa[i] - '0');
        }

        exponent -= point < 0 ? 0 : mantissa.Length - point - 1;
        return true;
    }

    private static BigInteger Shift(BigInteger digits, int places, out bool isRounded)
    {
        isRounded = false;
        if (places >= 0)
            return digits * BigInteger.Pow(10, places);
        var divisor = BigInteger.Pow(10, -places);
        var quotient = BigInteger.DivRem(digits, divisor, out var remainder);
        isRounded = !remainder.IsZero;
        return remainder * 2 >= divisor ? quotient + 1 : quotient;
    }
}
