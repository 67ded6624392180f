namespace Rally.Bot.DiscordApi.Models;

/// <summary>An account on Discord.</summary>
internal sealed record DiscordUser(ulong Id, string Username, string? GlobalName = null, string? Avatar = null, bool Bot = false)
{
    /// <summary>What Discord shows outside a guild.</summary>
    public string DisplayName => GlobalName ?? Username;
}
