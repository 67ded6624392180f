using Microsoft.Extensions.Options;
using Rally.Bot.Commands;
using Rally.Bot.DiscordApi;
using Rally.Bot.DiscordApi.Gateway;
using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.Linking;
using Rally.Bot.Network;
using Rally.Bot.Pages;
using Rally.Bot.Roles;
using Rally.Bot.Store;
using Rally.Storage;

namespace Rally.Bot.Hosting;

/// <summary>Registers the bot's own parts.</summary>
internal static class BotModule
{
    public static IServiceCollection AddBot(this IServiceCollection services, IConfiguration configuration, Uri? publicUrl)
    {
        services.AddMigrations("bot", typeof(BotModule).Assembly);
        services.AddSingleton<SecretStore>();
        services.AddNetwork(configuration);
        services.AddSingleton<Links>().AddSingleton<LinkOffers>().AddSingleton<FanTokens>().AddSingleton<CompleteLink>();
        services.AddSingleton<FanHoldings>().AddSingleton<ForgottenFans>().AddSingleton<LookAtLinks>();
        services.AddHostedService(provider => provider.GetRequiredService<LookAtLinks>());
        services.AddRules(configuration);
        // Where Discord is off, too: what is left to be told is told.
        services.AddSingleton<TierReports>().AddHostedService<TierReporter>();

        services.AddOptions<DiscordSettings>().Bind(configuration.GetSection("Discord")).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<BotStatus>();
        services.AddHostedService<BotStartup>();
        services.AddSingleton<NetworkWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<NetworkWatch>());
        var discord = configuration.GetSection("Discord").Get<DiscordSettings>() ?? new();
        if (discord.IsOn)
        {
            services.AddDiscordApi(options => discord.ApplyTo(options, publicUrl));
            services.AddSingleton<IInteractionHandler>(provider => provider.GetRequiredService<CommandDispatcher>());
            services.AddCommands();
            services.AddRoleSync();
            services.AddHostedService<DiscordConnection>();
        }

        return services;
    }

    public static void MapBot(this WebApplication app)
    {
        app.MapPageStyles();
        app.MapFavicon();
        app.MapLinkPages();
        app.MapHomePage();
        app.MapCreatorPage();
        app.MapPost("/webhooks/rally", (IncomingEvents events, HttpRequest request, CancellationToken stop) => events.ReceiveAsync(request, stop));
        app.MapGet("/healthz", (BotStatus status, IServiceProvider services) => status.ToResult(services.GetService<DiscordGateway>()?.Status));
        if (app.Services.GetRequiredService<IOptions<DiscordSettings>>().Value is { IsOn: true, PublicKey: not null })
            app.MapDiscordInteractions("/discord/interactions");
    }

    private static void AddNetwork(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<NetworkOptions>().Bind(configuration.GetSection("Network")).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<Installation>();
        services.AddSingleton(provider => RallyHttp.CreateClient(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<RallyOAuth>().AddSingleton<AppToken>().AddSingleton<RallyClient>().AddSingleton<CoinReads>();
        services.AddSingleton<WebhookSubscription>().AddSingleton<IncomingEvents>().AddSingleton<NetworkLife>().AddSingleton<CatchUp>();
        services.AddHostedService<InstallationSetup>();
    }
}
