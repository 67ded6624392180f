using Rally.Bot.Commands;
using Rally.Bot.DiscordApi;
using Rally.Bot.DiscordApi.Gateway;
using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Rest;
using Rally.Bot.Network;
using Rally.Bot.Roles;

namespace Rally.Bot.Hosting;

/// <summary>Keeps the bot on Discord: registers its commands, stays on the gateway, and hands on what that tells.</summary>
internal sealed class DiscordConnection(
    DiscordGateway gateway, InteractionResponder responder, CommandRegistration registration, GuildEvents guildEvents,
    Installation installation, BotStatus status, TimeProvider time, ILogger<DiscordConnection> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await installation.GetAsync(stoppingToken);
        try
        {
            await RegisterCommandsAsync(stoppingToken);
            await gateway.RunAsync(HandleAsync, stoppingToken);
        }
        catch (Exception fault) when (fault is GatewayClosedException or DiscordStoppedException)
        {
            // The network goes on serving; only a person can mend this.
            status.DiscordFailed(fault.Message);
            log.LogCritical("The bot is not on Discord: {Reason}", fault.Message);
        }
    }

    private async Task RegisterCommandsAsync(CancellationToken stop)
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2), Backoff.SystemJitter);
        for (var failures = 1; ; failures++)
        {
            try
            {
                await registration.ExecuteAsync(stop);
                return;
            }
            catch (Exception fault) when (fault is DiscordApiException { Status: not System.Net.HttpStatusCode.Unauthorized } or HttpRequestException)
            {
                var delay = backoff.After(failures);
                log.LogWarning("The commands could not be registered, again in {Delay}: {Reason}", delay, fault.Message);
                await Task.Delay(delay, time, stop);
            }
            catch (DiscordApiException dead)
            {
                throw new GatewayClosedException(
                    CloseCode.TokenRejected, "Discord does not know the token. Copy a fresh one from the developer portal (Bot > Reset Token) to Discord:Token.", dead);
            }
        }
    }

    private async Task HandleAsync(GatewayEvent told, CancellationToken stop)
    {
        switch (told)
        {
            case Ready ready:
                status.OnDiscord();
                log.LogInformation("On Discord as {User} in {Guilds} servers", ready.User.Username, ready.GuildIds.Count);
                break;
            case Resumed:
                status.OnDiscord();
                break;
            case InteractionCreated created:
                await responder.RespondAsync(created.Interaction, stop);
                break;
            default:
                await guildEvents.HandleAsync(told, stop);
                break;
        }
    }
}
