using Rally.Webhooks.Events;

namespace Rally.Webhooks.Deliveries;

/// <summary>Which events somebody asked for.</summary>
/// <param name="Types">Null for all.</param>
/// <param name="Coins">Symbols in capitals; null for all. What is of no coin is told whichever coins are named.</param>
internal sealed record EventFilter(IReadOnlyList<string>? Types, IReadOnlyList<string>? Coins)
{
    /// <summary>Whether it asks to be told when there is nothing to tell.</summary>
    public bool WantsHeartbeat => Types?.Contains(EventType.Heartbeat) ?? false;

    public bool Wants(WebhookEvent happened) =>
        (Types is null || Types.Contains(happened.Type)) && (Coins is null || happened.Coins.Count == 0 || happened.Coins.Any(Coins.Contains));
}
