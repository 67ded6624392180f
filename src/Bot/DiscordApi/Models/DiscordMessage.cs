namespace Rally.Bot.DiscordApi.Models;

/// <summary>A message that was posted.</summary>
internal sealed record DiscordMessage(ulong Id, ulong ChannelId, string Content = "");
