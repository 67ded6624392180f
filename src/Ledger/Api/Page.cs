using System.Globalization;

namespace Rally.Ledger.Api;

/// <summary>The page sizes of lists.</summary>
internal static class Page
{
    public const int DefaultLimit = 100;

    public const int LargestLimit = 1_000;

    public const string LimitRule = "'limit' must be a whole number from 1 to 1000.";

    /// <param name="text">From the query; null when it is not there.</param>
    /// <param name="limit">How many to return.</param>
    public static bool TryLimit(string? text, out int limit)
    {
        limit = DefaultLimit;
        return text is null
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= LargestLimit);
    }
}
