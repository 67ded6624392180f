namespace Rally.Bot.DiscordApi.Gateway;

/// <summary>How the connection stands, for health checks.</summary>
/// <param name="ConnectedSince">When this connection became ready or resumed; null while there is none.</param>
/// <param name="Latency">From the last heartbeat to its answer; null before the first.</param>
/// <param name="LastFault">Why the connection before this one ended.</param>
/// <param name="Pending">Events received and not handled yet.</param>
internal sealed record GatewayStatus(DateTimeOffset? ConnectedSince, TimeSpan? Latency, string? LastFault, int Pending);
