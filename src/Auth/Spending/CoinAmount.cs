using System.Globalization;

namespace Rally.Auth.Spending;

/// <summary>Quantities of coins as people and apps write them, kept in minor units of 10^-6; exact, for decimal has 28 digits.</summary>
internal static class CoinAmount
{
    public const string Rule = "a plain number with at most 6 digits after the point, such as 25 or 0.5";

    private const decimal PerCoin = 1_000_000m;

    // What fits: 9223372036854.775807 has 20 characters.
    private const int MostCharacters = 20;

    /// <returns>Minor units, zero or more; null when the text is no such amount.</returns>
    public static long? Parse(string? text) =>
        text is { Length: > 0 and <= MostCharacters } && char.IsAsciiDigit(text[0]) && char.IsAsciiDigit(text[^1]) &&
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var coins) &&
        coins * PerCoin is var units && units == decimal.Truncate(units) && units <= long.MaxValue
            ? (long)units
            : null;

    public static string Show(long minorUnits) => (minorUnits / PerCoin).ToString("0.######", CultureInfo.InvariantCulture);
}
