using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;

namespace Rally.Bot.DiscordApi.Gateway;

/// <summary>Something the gateway told, in Discord's order.</summary>
internal abstract record GatewayEvent;

/// <summary>A new session: whatever happened since the last one was missed. Each guild follows as <see cref="GuildCreated"/>.</summary>
internal sealed record Ready(DiscordUser User, ulong ApplicationId, IReadOnlyList<ulong> GuildIds) : GatewayEvent;

/// <summary>The old session goes on; what was missed in between has been told.</summary>
internal sealed record Resumed : GatewayEvent;

/// <summary>A guild became available: after <see cref="Ready"/>, after an outage, or because the bot joined it.</summary>
internal sealed record GuildCreated(DiscordGuild Guild) : GatewayEvent;

/// <param name="Unavailable">True for an outage; false when the bot is no longer in the guild.</param>
internal sealed record GuildDeleted(ulong GuildId, bool Unavailable) : GatewayEvent;

internal sealed record GuildRoleCreated(ulong GuildId, DiscordRole Role) : GatewayEvent;

internal sealed record GuildRoleUpdated(ulong GuildId, DiscordRole Role) : GatewayEvent;

internal sealed record GuildRoleDeleted(ulong GuildId, ulong RoleId) : GatewayEvent;

internal sealed record GuildMemberAdded(ulong GuildId, DiscordMember Member) : GatewayEvent;

internal sealed record GuildMemberUpdated(ulong GuildId, DiscordMember Member) : GatewayEvent;

internal sealed record GuildMemberRemoved(ulong GuildId, DiscordUser User) : GatewayEvent;

/// <summary>A command, press or form. Does not wait for the events before it: it must be answered within three seconds.</summary>
internal sealed record InteractionCreated(Interaction Interaction) : GatewayEvent;
