namespace Rally.Bot.DiscordApi.Models;

/// <summary>A user in a guild. <see cref="Roles"/> lacks the guild's @everyone role, as on the wire.</summary>
/// <param name="User">Absent only in the members of <see cref="ResolvedThings"/>.</param>
/// <param name="Permissions">All permissions in the channel; only on interactions.</param>
internal sealed record DiscordMember(
    IReadOnlyList<ulong> Roles,
    DiscordUser? User = null,
    string? Nick = null,
    DateTimeOffset? JoinedAt = null,
    bool Pending = false,
    Permissions? Permissions = null);
