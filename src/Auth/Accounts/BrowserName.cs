namespace Rally.Auth.Accounts;

/// <summary>A browser by name and system, as its owner would tell it from their others. Nothing else of the header is kept.</summary>
internal static class BrowserName
{
    // Most claim to be others as well, so the first that fits is it.
    private static readonly (string Mark, string Name)[] Browsers =
    [
        ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("FxiOS/", "Firefox"), ("Firefox/", "Firefox"),
        ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
    ];

    private static readonly (string Mark, string Name)[] Systems =
    [
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];

    /// <param name="userAgent">The User-Agent header.</param>
    public static string Of(string? userAgent)
    {
        var browser = Find(Browsers, userAgent) ?? "Unknown browser";
        return Find(Systems, userAgent) is { } system ? $"{browser} on {system}" : browser;
    }

    private static string? Find((string Mark, string Name)[] known, string? userAgent) =>
        known.FirstOrDefault(entry => userAgent?.Contains(entry.Mark, StringComparison.Ordinal) == true).Name;
}
