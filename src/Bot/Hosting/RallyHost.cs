using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using Rally.Auth;
using Rally.Auth.Apps;
using Rally.Auth.Spending;
using Rally.Auth.Transfers;
using Rally.Bot.Linking;
using Rally.Bot.Network;
using Rally.Bot.Pages;
using Rally.Ledger;
using Rally.Ledger.Spending;
using Rally.Storage;
using Rally.Storage.Backups;
using Rally.Storage.Migrations;
using Rally.Webhooks;
using Rally.Webhooks.Approvals;
using Rally.Webhooks.Pages;
using Rally.Webhooks.Streams;
using Rally.Webhooks.Subscriptions;

namespace Rally.Bot.Hosting;

/// <summary>Puts the process together: the store, the network unless it is remote, and the bot.</summary>
internal static class RallyHost
{
    /// <param name="overrides">Settings that go before every other source.</param>
    /// <param name="configure">Replaces parts, such as the clock; for tests.</param>
    /// <exception cref="SettingException">A setting cannot be used.</exception>
    public static WebApplication Build(
        IEnumerable<KeyValuePair<string, string?>> overrides, Action<IServiceCollection>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppSettings.Folder, Args = AppSettings.Unwatched });
        builder.Configuration.AddRallySettings(overrides);
        var configuration = builder.Configuration;
        var settings = HostSettings.From(configuration);
        var network = configuration.GetSection("Network").Get<NetworkOptions>() ?? new();

        builder.WebHost.UseUrls(settings.Listen).ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        PrivateFolder(settings.Data);
        PrivateFolder(settings.Keys);
        builder.Services.AddSingleton(settings);
        builder.Services.AddProblemDetails().AddExceptionHandler<UnreadableBody>();
        builder.Services.AddStorage(settings.Store, settings.AllowUnsafePostgres);
        builder.Services.AddDataProtection()
            .SetApplicationName("rally")
            .PersistKeysToFileSystem(new DirectoryInfo(settings.Keys));
        if (network.Mode == NetworkMode.Embedded)
        {
            builder.Services.AddLedger(options =>
            {
                options.AuthorityKeysFolder = Path.Combine(settings.Data, "keys", "authority");
                options.VerifyFolder = settings.Data;
                configuration.GetSection("Ledger").Bind(options);
                options.AuthorityKeysFolder = Path.Combine(AppSettings.Folder, options.AuthorityKeysFolder);
                options.VerifyFolder = Path.Combine(AppSettings.Folder, options.VerifyFolder);
            });
            builder.Services.AddApiDocument(new("/oauth2/authorize", UriKind.Relative), new("/oauth2/token", UriKind.Relative));
            builder.Services.AddWebhooks(configuration.GetSection("Webhooks").Bind);
            builder.Services.AddSingleton<ITransferLedger, TransferLedger>();
            builder.Services.AddAuth(options =>
            {
                options.PublicUrl = settings.PublicUrl;
                configuration.GetSection("Auth").Bind(options);
            });
            builder.Services.AddSingleton<ISpendingGuard, SpendingGuard>().AddSingleton<ISpendingOutcomes, SpendingOutcomes>();
            builder.Services.AddSingleton<ISubscribers, Subscribers>().AddSingleton<IStreamTokens, StreamTokens>().AddSingleton<IUserNames, UserNames>()
                .AddSingleton<ILinkReaders, LinkReaders>();
            builder.Services.AddSingleton<IEndpointOwners, EndpointOwners>();
            builder.Services.AddScoped<IOwnerSite, OwnerSite>();
            builder.Services.AddSingleton(new AppSection("Webhook endpoints", WebhooksModule.OwnerPagesPath, OwnerSite.Scope));
        }

        builder.Services.AddBot(configuration, settings.PublicUrl);

        configure?.Invoke(builder.Services);

        // Faults of the start are thrown to the caller, who says them in a sentence: no stack traces beside that.
        var start = new StartProgress();
        builder.Services.AddSingleton(start);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => start.IsDone && level >= LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", level => start.IsDone && level >= LogLevel.Warning);

        // The tokens of links are in addresses; a remote network's host has no Auth that says so.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", level => level >= LogLevel.Warning);

        var app = builder.Build();
        app.UseReverseProxies(settings);
        app.UseStrictTransport(settings);
        app.UseMalformedRequests(settings);
        if (network.Mode == NetworkMode.Embedded)
        {
            app.UseAuthentication();
            app.UseRateLimiter();
            app.UseAuthorization();
            app.UseOutputCache();
            var api = app.MapGroup("/api");
            api.MapLedgerEndpoints();
            api.MapWebhookEndpoints();
            api.MapGroup("").LimitAsReads().MapAuthApi();
            api.MapGroup("").LimitAsFormerApi().MapSecondFormerAuthEndpoints();
            var former = app.MapGroup("/v1");
            former.MapFormerLedgerEndpoints();
            former.MapGroup("").LimitAsFormerApi().MapFormerAuthEndpoints();
            app.MapLedgerExplorer();
            app.MapApiDocument();
            app.MapAuthEndpoints();
            app.MapWebhookPages();
        }

        app.MapBot();
        return app;
    }

    /// <summary>Brings the store up to date and starts to listen.</summary>
    public static async Task StartAsync(WebApplication app, CancellationToken stop)
    {
        app.Services.GetRequiredService<IStartupValidator>().Validate();
        await app.Services.GetRequiredService<Migrator>().RunAsync(stop);
        await app.StartAsync(stop);
        app.Services.GetRequiredService<StartProgress>().IsDone = true;
        app.SayIfProxiesAreMissing();
    }

    /// <summary>A use case of the embedded network.</summary>
    /// <exception cref="SettingException">The network is remote: it has its own operator.</exception>
    public static T OfOwnNetwork<T>(WebApplication app)
        where T : class =>
        app.Services.GetService<T>() ?? throw new SettingException("Network:Mode is Remote: this is for the installation that hosts the network.");

    /// <summary>All keys that belong to the store: what secrets in it are encrypted with, and, for its host, what its log is signed with.</summary>
    public static IReadOnlyList<KeyFolder> KeysOf(WebApplication app)
    {
        var secrets = new KeyFolder(app.Services.GetRequiredService<HostSettings>().Keys, "*.xml");
        return app.Services.GetRequiredService<IOptions<LedgerOptions>>().Value.AuthorityKeysFolder is { } folder
            ? [secrets, new(folder, "authority-*.pem", "authority") { IsShared = true }]
            : [secrets];
    }

    private sealed class StartProgress
    {
        public volatile bool IsDone;
    }

    private static DirectoryInfo PrivateFolder(string path) =>
        OperatingSystem.IsWindows()
            ? Directory.CreateDirectory(path)
            : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}
