using System.Globalization;

namespace Rally.Bot.Hosting;

/// <summary>What the command line says, as configuration: it goes before every other source.</summary>
internal static class HostOverrides
{
    public static Dictionary<string, string?> From(DirectoryInfo? data, int? port, string? store)
    {
        var overrides = new Dictionary<string, string?>();
        if (data is not null)
            overrides["Data"] = data.FullName;
        if (port is { } number)
            overrides["Listen"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{number}");
        if (store is not null)
            overrides["Store"] = store;
        return overrides;
    }
}
