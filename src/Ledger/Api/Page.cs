using System.Globalization;

namespace Rally.Ledger.Api;

/// <summary>How lists are asked for: how many, and from when.</summary>
internal static class Page
{
    public const int DefaultLimit = 100;

    public const int LargestLimit = 1_000;

    public const string LimitRule = "'limit' must be a whole number from 1 to 1000.";

    public const string TimeRule = "must be a time as in ISO 8601, such as 2026-01-31T00:00:00Z.";

    /// <param name="text">From the query; null when it is not there.</param>
    /// <param name="limit">How many to return.</param>
    /// <param name="largest">For lists of large things.</param>
    public static bool TryLimit(string? text, out int limit, int largest = LargestLimit)
    {
        limit = DefaultLimit;
        return text is null
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit >= 1 && limit <= largest);
    }

    /// <param name="text">From the query; null when it is not there.</param>
    /// <param name="otherwise">Without it.</param>
    /// <param name="time">In UTC.</param>
    public static bool TryTime(string? text, DateTimeOffset otherwise, out DateTimeOffset time)
    {
        time = otherwise;
        // A plus sign in a query is a space unless it is encoded; years beyond these are nobody's, and have no day after.
        return text is null || (DateTimeOffset.TryParse(
            text.Replace(' ', '+'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time)
            && time.Year is > 1 and < 9_000);
    }
}
