using System.Globalization;
using Rally.Bot.Roles.Rules;

namespace Rally.Bot.Roles.Notices;

/// <summary>What the bot tells on its own: all its sentences stand here.</summary>
internal static class NoticeWords
{
    /// <summary>To a member whose role will go.</summary>
    public static string Grace(ulong guildId, string roleName, Tier tier, DateTimeOffset leavingAt) => string.Create(CultureInfo.InvariantCulture,
        $"You no longer meet what the role **{roleName}** asks for in a server you are in (https://discord.com/channels/{guildId}). You keep it until <t:{leavingAt.ToUnixTimeSeconds()}:f>, and for good if you meet it again before{(tier.Coin is null ? "" : $": {tier.Thresholds.Leave} {tier.Coin} keep it")}. `/tier why` there says more.");

    /// <summary>To admins, of a role that the bot may not give or take.</summary>
    public static string Obstacle(string roleName, string reason) =>
        $"The bot cannot give or take the role **{roleName}**, and does not try again until the server's roles or permissions change. {reason}";

    /// <summary>To admins, of a channel that a tier opens.</summary>
    public static string Channel(ulong channelId, ulong roleId, string reason) =>
        $"The bot cannot open the channel <#{channelId}> to <@&{roleId}>: {reason}. Let its role see and manage that channel (Edit Channel > Permissions), or choose another with `/tier edit`.";

    /// <summary>To admins, of a guild whose members the bot may not see.</summary>
    public static string NoMembers(string reason) =>
        $"The bot cannot see this server's members, so that it can give and take no roles. {reason} Invite it again with the scopes `bot` and `applications.commands`.";

    /// <summary>To admins, of a role that somebody else keeps changing back.</summary>
    public static string Contest(ulong roleId, ulong userId, Outcome outcome) =>
        $"The bot has {(outcome == Outcome.Granted ? "given" : "taken")} the role <@&{roleId}> {(outcome == Outcome.Granted ? "to" : "from")} <@{userId}> {Reconciling.Contests.MostTimes} times within {Reconciling.Contests.Within.TotalMinutes} minutes, and each time somebody else has changed it back; most likely another bot has a rule for the same role. It has stopped for now. Take the role out of the other bot's rules, or remove its tier here with `/tier remove`; who is meant to be an exception can be exempted with `/tier exempt`.";
}
