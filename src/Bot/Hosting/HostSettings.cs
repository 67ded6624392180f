using System.Net;
using Rally.Storage;

namespace Rally.Bot.Hosting;

/// <summary>A setting that cannot be used; the message says which, and what to write.</summary>
internal sealed class SettingException(string message) : Exception(message);

/// <summary>The settings of the process itself, checked.</summary>
/// <param name="Data">The folder for the store and the keys; a relative one is below the folder of appsettings.json.</param>
/// <param name="Store">See <see cref="StoreSetting"/>.</param>
/// <param name="Listen">The addresses to listen on, separated by semicolons.</param>
/// <param name="PublicUrl">As browsers and other programs reach this process; null on loopback.</param>
internal sealed record HostSettings(string Data, string Store, string Listen, Uri? PublicUrl)
{
    /// <summary>Where the Data Protection keys are.</summary>
    public string Keys => Path.Combine(Data, "keys");

    /// <summary>See <see cref="Database.Open"/>.</summary>
    public bool AllowUnsafePostgres { get; init; }

    /// <summary>The reverse proxies whose word on who calls, and by which scheme, is taken.</summary>
    public IReadOnlyList<IPNetwork> Proxies { get; init; } = [];

    public static HostSettings From(IConfiguration configuration)
    {
        var data = Path.Combine(AppSettings.Folder, configuration["Data"] is { Length: > 0 } folder ? folder : "data");
        var store = configuration["Store"] is { Length: > 0 } chosen ? chosen : $"sqlite:{Path.Combine(data, "rally.db")}";
        try
        {
            store = StoreSetting.Parse(store, AppSettings.Folder).ToSetting();
        }
        catch (FormatException wrong)
        {
            throw new SettingException($"Store: {wrong.Message}");
        }

        var listen = configuration["Listen"] is { Length: > 0 } addresses ? addresses : "http://127.0.0.1:5080";
        foreach (var address in listen.Split(';'))
        {
            if (!Uri.TryCreate(address.Replace("//*", "//0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
                throw new SettingException($"Listen: '{address}' is not an address to listen on, such as http://127.0.0.1:5080.");
        }

        Uri? publicUrl = null;
        if (configuration["PublicUrl"] is { Length: > 0 } given
            && (!Uri.TryCreate(given, UriKind.Absolute, out publicUrl) || publicUrl.Scheme is not ("http" or "https") || publicUrl.PathAndQuery != "/"))
            throw new SettingException($"PublicUrl: '{given}' must be scheme and host only, such as https://rally.example.");
        var allowUnsafe = false;
        if (configuration["Storage:AllowUnsafePostgres"] is { Length: > 0 } answer && !bool.TryParse(answer, out allowUnsafe))
            throw new SettingException($"Storage:AllowUnsafePostgres: '{answer}' must be true or false.");
        return new(data, store, listen, publicUrl) { AllowUnsafePostgres = allowUnsafe, Proxies = ProxiesOf(configuration["Proxies"]) };
    }

    private static List<IPNetwork> ProxiesOf(string? setting)
    {
        var proxies = new List<IPNetwork>();
        foreach (var entry in (setting ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (IPNetwork.TryParse(entry, out var network))
                proxies.Add(network);
            else if (IPAddress.TryParse(entry, out var address))
                proxies.Add(new(address, address.GetAddressBytes().Length * 8));
            else
                throw new SettingException($"Proxies: '{entry}' is neither an address nor a network; write for example 127.0.0.1;10.1.0.0/16.");
        }

        return proxies;
    }
}
