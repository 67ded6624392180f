using System.Globalization;

namespace Rally.Ledger.Explorer;

/// <summary>The links below a long list, and the positions that they lead to.</summary>
internal static class Pager
{
    public const int Entries = 50;

    /// <param name="text">Of <c>?before=</c>; null when it is not there.</param>
    /// <param name="position">The log's end without it.</param>
    /// <returns>False when it is no position.</returns>
    public static bool TryBefore(string? text, out long position)
    {
        position = long.MaxValue;
        return text is null || (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out position) && position > 0);
    }

    /// <param name="list">The list's path.</param>
    /// <param name="isFirst">It shows the newest.</param>
    /// <param name="older">What to give as <c>before</c> for the next page; null when this is the last.</param>
    public static Html Links(string list, bool isFirst, long? older) => isFirst && older is null ? Html.Empty : $"""
        <nav class="pager" aria-label="Pages">
          {(isFirst ? Html.Empty : (Html)$"<a href=\"{list}\">Newest</a>")}
          {(older is { } position ? (Html)$"<a href=\"{list}?before={position}\">Older</a>" : Html.Empty)}
        </nav>
        """;

    /// <param name="list">The list's path.</param>
    /// <param name="isFirst">It shows the first.</param>
    /// <param name="next">What to give as <c>after</c> for the next page; null when this is the last.</param>
    public static Html Forward(string list, bool isFirst, string? next) => isFirst && next is null ? Html.Empty : $"""
        <nav class="pager" aria-label="Pages">
          {(isFirst ? Html.Empty : (Html)$"<a href=\"{list}\">First</a>")}
          {(next is null ? Html.Empty : (Html)$"<a href=\"{list}?after={next}\">Next</a>")}
        </nav>
        """;
}
