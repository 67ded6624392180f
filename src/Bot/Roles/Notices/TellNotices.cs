using System.Data.Common;
using System.Net;
using Rally.Bot.DiscordApi;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.DiscordApi.Rest;
using Rally.Bot.Network;
using Rally.Bot.Roles.Rules;

namespace Rally.Bot.Roles.Notices;

/// <summary>
/// Brings notices to where they belong: to a member by direct message; to admins in the channel they chose, or the guild's system
/// channel, or else to its owner. Who takes no messages is not asked again.
/// </summary>
internal sealed class TellNotices(
    NoticeBoard board, DiscordRest discord, RuleStore rules, Installation installation, Jitter jitter, ILogger<TellNotices> log) : BackgroundService
{
    private const long MostAttempts = 10;
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(30);
    private readonly Backoff _backoff = new(TimeSpan.FromSeconds(5), TimeSpan.FromHours(1), jitter);

    /// <summary>Tells all that is due.</summary>
    public async Task RunOnceAsync(CancellationToken stop)
    {
        while (await board.NextAsync(stop) is { } notice)
        {
            try
            {
                await TellAsync(notice, stop);
                await board.EraseAsync(notice.Id, stop);
            }
            catch (Exception fault) when (fault is DiscordApiException or HttpRequestException or DiscordStoppedException)
            {
                if (notice.Attempts + 1 >= MostAttempts || IsRefused(fault))
                {
                    log.LogWarning("{Who} in {Guild} cannot be told: {Reason}", notice.UserId is { } user ? $"Member {user}" : "The admins", notice.GuildId, fault.Message);
                    await board.EraseAsync(notice.Id, stop);
                    continue;
                }

                await board.PostponeAsync(notice.Id, _backoff.After((int)notice.Attempts + 1), stop);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await installation.GetAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunOnceAsync(stoppingToken);
            }
            catch (DbException outage)
            {
                log.LogError(outage, "Notices cannot be read; trying again");
            }

            await board.WaitAsync(LookAgain, stoppingToken);
        }
    }

    private async Task TellAsync(Notice notice, CancellationToken stop)
    {
        if (notice.UserId is { } userId)
        {
            await TellUserAsync(userId, notice.Text, stop);
            return;
        }

        var guild = await discord.GetGuildAsync(notice.GuildId, stop);
        var chosen = (await rules.GetAsync(notice.GuildId, stop)).AdminChannel;
        foreach (var channel in new[] { chosen, guild.SystemChannelId }.OfType<ulong>())
        {
            try
            {
                await discord.CreateMessageAsync(channel, new() { Content = notice.Text }, stop);
                return;
            }
            catch (DiscordApiException refused) when (IsRefused(refused))
            {
                log.LogInformation("The bot may not write in channel {Channel}: {Reason}", channel, refused.Message);
            }
        }

        await TellUserAsync(guild.OwnerId, $"{notice.Text}\n(in your server {guild.Name})", stop);
    }

    private async Task TellUserAsync(ulong userId, string text, CancellationToken stop)
    {
        var channel = await discord.CreateDmAsync(userId, stop);
        await discord.CreateMessageAsync(channel.Id, new MessagePayload { Content = text }, stop);
    }

    private static bool IsRefused(Exception fault) =>
        fault is DiscordApiException { Status: HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.BadRequest };
}
