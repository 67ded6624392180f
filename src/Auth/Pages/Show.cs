using System.Globalization;

namespace Rally.Auth.Pages;

/// <summary>How times look on the pages.</summary>
internal static class Show
{
    public static Html Time(DateTimeOffset time) => $"""
        <time datetime="{time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}">{Minute(time)}</time>
        """;

    public static string Minute(DateTimeOffset time) => time.UtcDateTime.ToString("d MMM yyyy HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
