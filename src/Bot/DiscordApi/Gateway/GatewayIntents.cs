namespace Rally.Bot.DiscordApi.Gateway;

/// <summary>Groups of events to subscribe to.</summary>
[Flags]
internal enum GatewayIntents
{
    None = 0,

    /// <summary>Guilds and their roles and channels.</summary>
    Guilds = 1 << 0,

    /// <summary>Members joining, changing, leaving. Privileged: switched on in the developer portal.</summary>
    GuildMembers = 1 << 1,
}
