using System.Globalization;
using System.Text.Json.Serialization;

namespace Rally.Ledger.Amounts;

/// <summary>A quantity of one coin in minor units of 10^-6; what fits is -9223372036854.775808 to 9223372036854.775807.</summary>
/// <param name="MinorUnits">Millionths of a coin.</param>
[JsonConverter(typeof(AmountJsonConverter))]
public readonly record struct Amount(long MinorUnits) : IComparable<Amount>
{
    /// <summary>Minor units in one coin.</summary>
    public const long PerCoin = 1_000_000;

    /// <summary>Digits after the point.</summary>
    public const int Scale = 6;

    /// <summary>Nothing.</summary>
    public static Amount Zero => default;

    /// <summary>Whole coins.</summary>
    /// <exception cref="OverflowException">More than fits.</exception>
    public static Amount Coins(long coins) => new(checked(coins * PerCoin));

    /// <summary>Reads a plain decimal number: <c>60</c>, <c>0.5</c>, <c>1234.000001</c>; no sign but a leading minus, no exponent, no grouping.</summary>
    /// <returns>False when the text is anything else, has more than six digits after the point, or does not fit.</returns>
    public static bool TryParse(string? text, out Amount amount)
    {
        amount = default;
        if (string.IsNullOrEmpty(text) || text.Length > 40)
            return false;
        var negative = text[0] == '-';
        var digits = text.AsSpan(negative ? 1 : 0);
        var point = digits.IndexOf('.');
        var whole = point < 0 ? digits : digits[..point];
        var fraction = point < 0 ? [] : digits[(point + 1)..];
        if (whole.IsEmpty || (point >= 0 && fraction.IsEmpty) || fraction.Length > Scale)
            return false;

        Int128 units = 0;
        foreach (var digit in whole)
        {
            if (!char.IsAsciiDigit(digit) || units > long.MaxValue)
                return false;
            units = (units * 10) + (digit - '0');
        }

        for (var i = 0; i < Scale; i++)
        {
            if (i < fraction.Length && !char.IsAsciiDigit(fraction[i]))
                return false;
            units = (units * 10) + (i < fraction.Length ? fraction[i] - '0' : 0);
        }

        units = negative ? -units : units;
        if (units < long.MinValue || units > long.MaxValue)
            return false;
        amount = new((long)units);
        return true;
    }

    /// <summary>The number in its shortest exact form: <c>60</c>, <c>0.5</c>, <c>-1.000001</c>.</summary>
    public override string ToString()
    {
        var units = UInt128.CreateTruncating(Int128.Abs(MinorUnits));
        var (whole, fraction) = UInt128.DivRem(units, PerCoin);
        var text = whole.ToString(CultureInfo.InvariantCulture);
        if (fraction != 0)
            text += "." + fraction.ToString("000000", CultureInfo.InvariantCulture).TrimEnd('0');
        return MinorUnits < 0 ? "-" + text : text;
    }

    /// <summary>this * numerator / denominator, rounded towards zero; exact in 128 bits.</summary>
    /// <exception cref="OverflowException">The result does not fit.</exception>
    /// <exception cref="DivideByZeroException">The denominator is zero.</exception>
    public Amount Share(long numerator, long denominator) =>
        new(checked((long)((Int128)MinorUnits * numerator / denominator)));

    /// <inheritdoc/>
    public int CompareTo(Amount other) => MinorUnits.CompareTo(other.MinorUnits);

    /// <exception cref="OverflowException">The sum does not fit.</exception>
    public static Amount operator +(Amount a, Amount b) => new(checked(a.MinorUnits + b.MinorUnits));

    /// <exception cref="OverflowException">The difference does not fit.</exception>
    public static Amount operator -(Amount a, Amount b) => new(checked(a.MinorUnits - b.MinorUnits));

    public static bool operator <(Amount a, Amount b) => a.MinorUnits < b.MinorUnits;

    public static bool operator >(Amount a, Amount b) => a.MinorUnits > b.MinorUnits;

    public static bool operator <=(Amount a, Amount b) => a.MinorUnits <= b.MinorUnits;

    public static bool operator >=(Amount a, Amount b) => a.MinorUnits >= b.MinorUnits;
}
