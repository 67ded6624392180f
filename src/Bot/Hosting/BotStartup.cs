using Microsoft.Extensions.Options;
using Rally.Bot.DiscordApi;
using Rally.Bot.Network;

namespace Rally.Bot.Hosting;

/// <summary>Subscribes the bot to the network's events, however long the network takes to be reachable, and says what is not set.</summary>
internal sealed class BotStartup(
    Installation installation, WebhookSubscription subscription, BotStatus status, IOptions<DiscordSettings> discord,
    TimeProvider time, ILogger<BotStartup> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var known = await installation.GetAsync(stoppingToken);
        log.LogInformation("The Rally network is at {Url}", known.NetworkPublicUrl);
        SayWhatIsMissing(discord.Value);

        var backoff = new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), Backoff.SystemJitter);
        for (var failures = 1; ; failures++)
        {
            try
            {
                await subscription.EnsureAsync(stoppingToken);
                status.Subscribed();
                return;
            }
            catch (NetworkException fault)
            {
                var delay = backoff.After(failures);
                log.LogWarning("The bot is not subscribed to the network's events, again in {Delay}: {Reason}", delay, fault.Message);
                await Task.Delay(delay, time, stoppingToken);
            }
        }
    }

    private void SayWhatIsMissing(DiscordSettings settings)
    {
        if (!settings.IsOn)
        {
            status.DiscordIsOff();
            log.LogWarning(
                "Discord is off: set Discord:Token (environment Discord__Token, user-secrets, or appsettings.json) to the bot's token, and {PublicKey}both are in Discord's developer portal",
                settings.PublicKey is null ? "Discord:PublicKey (Discord__PublicKey) to the application's public key for interactions over HTTP; " : "");
        }
        else if (settings.PublicKey is null)
        {
            log.LogInformation("Interactions come over the gateway only: Discord:PublicKey is not set");
        }
    }
}
