using Microsoft.AspNetCore.DataProtection;
using Rally.Auth;
using Rally.Bot.Linking;
using Rally.Bot.Network;
using Rally.Bot.Pages;
using Rally.Ledger;
using Rally.Storage;
using Rally.Storage.Migrations;
using Rally.Webhooks;

namespace Rally.Bot.Hosting;

/// <summary>Puts the process together: the store, the network unless it is remote, and the bot.</summary>
internal static class RallyHost
{
    /// <exception cref="SettingException">A setting cannot be used.</exception>
    public static WebApplication Build(IEnumerable<KeyValuePair<string, string?>> overrides)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppSettings.Folder });
        builder.Configuration.AddRallySettings(overrides);
        var configuration = builder.Configuration;
        var settings = HostSettings.From(configuration);
        var network = configuration.GetSection("Network").Get<NetworkOptions>() ?? new();

        builder.WebHost.UseUrls(settings.Listen).ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services.AddSingleton(settings);
        builder.Services.AddProblemDetails();
        builder.Services.AddStorage(settings.Store);
        builder.Services.AddDataProtection()
            .SetApplicationName("rally")
            .PersistKeysToFileSystem(PrivateFolder(Path.Combine(settings.Data, "keys")));
        if (network.Mode == NetworkMode.Embedded)
        {
            builder.Services.AddLedger(configuration.GetSection("Ledger").Bind);
            builder.Services.AddWebhooks(configuration.GetSection("Webhooks").Bind);
            builder.Services.AddAuth(options =>
            {
                options.PublicUrl = settings.PublicUrl;
                configuration.GetSection("Auth").Bind(options);
            });
        }

        builder.Services.AddBot(configuration);

        var app = builder.Build();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        if (network.Mode == NetworkMode.Embedded)
        {
            app.UseAuthentication();
            app.UseAuthorization();
            var api = app.MapGroup("/api");
            api.MapLedgerEndpoints();
            api.MapWebhookEndpoints();
            app.MapAuthEndpoints();
        }

        app.MapBot();
        return app;
    }

    /// <summary>Brings the store up to date and starts to listen.</summary>
    public static async Task StartAsync(WebApplication app, CancellationToken stop)
    {
        await app.Services.GetRequiredService<Migrator>().RunAsync(stop);
        await app.StartAsync(stop);
    }

    private static DirectoryInfo PrivateFolder(string path) =>
        OperatingSystem.IsWindows()
            ? Directory.CreateDirectory(path)
            : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}
