using System.Globalization;

namespace Rally.Ledger.Explorer;

/// <summary>The links below a long list, and the positions that they lead to.</summary>
internal static class Pager
{
    public const int Entries = 50;

    /// <summary>The position of <c>?before=</c>; the log's end when there is none that can be read.</summary>
    public static long Before(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var position) && position > 0 ? position : long.MaxValue;

    /// <param name="list">The list's path.</param>
    /// <param name="isFirst">It shows the newest.</param>
    /// <param name="older">What to give as <c>before</c> for the next page; null when this is the last.</param>
    public static Html Links(string list, bool isFirst, long? older) => isFirst && older is null ? Html.Empty : $"""
        <nav class="pager" aria-label="Pages">
          {(isFirst ? Html.Empty : (Html)$"<a href=\"{list}\">Newest</a>")}
          {(older is { } position ? (Html)$"<a href=\"{list}?before={position}\">Older</a>" : Html.Empty)}
        </nav>
        """;
}
