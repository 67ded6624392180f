namespace Rally.Bot.DiscordApi.Models;

/// <summary>A channel; <see cref="Type"/> 0 is a guild's text channel, 1 a direct message, 5 announcements.</summary>
internal sealed record DiscordChannel(ulong Id, int Type, string? Name = null, ulong? GuildId = null, Permissions? Permissions = null);
