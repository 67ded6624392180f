using Rally.Bot.DiscordApi.Models;

namespace Rally.Bot.DiscordApi.Rest;

/// <summary>One request, as often as it must be sent.</summary>
internal sealed record RestCall(Route Route)
{
    /// <summary>Sent as JSON; null for none.</summary>
    public object? Body { get; init; }

    /// <summary>Sent along with <see cref="Body"/>.</summary>
    public IReadOnlyList<MessageFile>? Files { get; init; }

    /// <summary>For the guild's audit log.</summary>
    public string? AuditLogReason { get; init; }

    /// <summary>False where the address itself holds an interaction's token: no bot token, no global limit.</summary>
    public bool AsBot { get; init; } = true;

    /// <summary>True when sending twice does what sending once does, so that a lost answer may be asked for again.</summary>
    public bool Repeatable { get; init; } = Route.Method != HttpMethod.Post;
}
