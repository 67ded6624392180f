namespace Rally.Bot.Linking;

/// <summary>A Discord account and the Rally account its owner linked it to.</summary>
/// <param name="DiscordUserId">The Discord account.</param>
/// <param name="RallyId">The Rally account.</param>
/// <param name="Username">The Rally account's user name when it was linked.</param>
/// <param name="GuildId">The guild in which the link was asked for.</param>
/// <param name="LinkedAt">When it was made.</param>
/// <param name="BrokenAt">When the network said that the fan had withdrawn their consent; null while it stands.</param>
internal sealed record Link(
    ulong DiscordUserId, Guid RallyId, string Username, ulong GuildId, DateTimeOffset LinkedAt, DateTimeOffset? BrokenAt);
