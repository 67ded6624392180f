using System.Net;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.DiscordApi.Rest;
using Rally.Bot.Roles.Notices;
using Rally.Bot.Roles.Rules;

namespace Rally.Bot.Roles.Reconciling;

/// <summary>
/// Keeps the channels that tiers open: the role may see the channel and write in it. What else a channel allows the role stays; whom it is
/// closed to is the admins' to say, for the bot closes nothing.
/// </summary>
internal sealed class KeepChannels(DiscordRest discord, GuildRoles guildRoles, Obstacles obstacles, TimeProvider time)
{
    public const Permissions Open = Permissions.ViewChannel | Permissions.SendMessages;

    public async Task ExecuteAsync(GuildRules rules, CancellationToken stop)
    {
        foreach (var tier in rules.Tiers.Where(tier => tier.Channel is not null))
        {
            var channelId = tier.Channel!.Value;
            var hierarchy = await guildRoles.GetAsync(rules.GuildId, stop);
            var known = (await obstacles.ReadAsync(rules.GuildId, stop)).GetValueOrDefault(channelId);
            if (known?.Fingerprint == hierarchy.Fingerprint && time.GetUtcNow() - known.At < TimeSpan.FromDays(1))
                continue;
            try
            {
                var channel = await discord.GetChannelAsync(channelId, stop);
                var now = channel.PermissionOverwrites?.FirstOrDefault(one => one.Id == tier.Role) ?? new(tier.Role, 0, Permissions.None, Permissions.None);
                var wanted = now with { Allow = now.Allow | Open, Deny = now.Deny & ~Open };
                if (wanted != now)
                    await discord.EditChannelPermissionsAsync(channelId, wanted, "Rally: a tier opens this channel", stop);
            }
            catch (DiscordApiException refused) when (refused.Status is HttpStatusCode.Forbidden or HttpStatusCode.NotFound)
            {
                await obstacles.KeepAsync(
                    new(rules.GuildId, channelId, hierarchy.Fingerprint, refused.Reason, time.GetUtcNow()), NoticeWords.Channel(channelId, tier.Role, refused.Reason), stop);
            }
        }
    }
}
