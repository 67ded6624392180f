using Rally.Bot.DiscordApi.Models;

namespace Rally.Bot.DiscordApi.Interactions;

/// <summary>Who did it, where and when, and how to answer.</summary>
internal sealed record InteractionOrigin
{
    public required ulong Id { get; init; }

    public required ulong ApplicationId { get; init; }

    /// <summary>Lets anybody answer for fifteen minutes: a secret.</summary>
    public required string Token { get; init; }

    public required DiscordUser User { get; init; }

    public ulong? GuildId { get; init; }

    public ulong? ChannelId { get; init; }

    /// <summary>The user in the guild; null in direct messages.</summary>
    public DiscordMember? Member { get; init; }

    /// <summary>The user's language, such as <c>en-GB</c>.</summary>
    public string? Locale { get; init; }

    /// <summary>When it arrived, as a timestamp of the TimeProvider.</summary>
    public required long ReceivedAt { get; init; }

    /// <summary>Without the token.</summary>
    public override string ToString() => $"interaction {Id}";
}
