namespace Rally.Bot.DiscordApi.Models;

/// <summary>A guild; members and channels come only with the gateway's GUILD_CREATE, members of large guilds in part.</summary>
internal sealed record DiscordGuild(
    ulong Id,
    string Name,
    ulong OwnerId,
    IReadOnlyList<DiscordRole> Roles,
    int? MemberCount = null,
    IReadOnlyList<DiscordChannel>? Channels = null,
    IReadOnlyList<DiscordMember>? Members = null,
    ulong? SystemChannelId = null);
