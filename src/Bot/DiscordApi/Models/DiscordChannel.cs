namespace Rally.Bot.DiscordApi.Models;

/// <summary>A channel; <see cref="Type"/> 0 is a guild's text channel, 1 a direct message, 5 announcements.</summary>
internal sealed record DiscordChannel(
    ulong Id, int Type, string? Name = null, ulong? GuildId = null, Permissions? Permissions = null,
    IReadOnlyList<PermissionOverwrite>? PermissionOverwrites = null);

/// <summary>What a channel allows and denies a role or a member otherwise than the guild does.</summary>
/// <param name="Id">Of the role or the member; @everyone has the guild's.</param>
/// <param name="Type">0 for a role, 1 for a member.</param>
internal sealed record PermissionOverwrite(ulong Id, int Type, Permissions Allow, Permissions Deny);
