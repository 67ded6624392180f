namespace Rally.Webhooks.Deliveries;

/// <summary>What is sent in one attempt.</summary>
/// <param name="Id">The same on every attempt at the same event.</param>
/// <param name="Type">The event's type.</param>
/// <param name="Position">The event's place in the log, or the place that a change comes after; null for a test.</param>
/// <param name="Body">The exact bytes.</param>
internal sealed record Message(string Id, string Type, long? Position, byte[] Body)
{
    /// <summary>The number of a change; 0 for anything else.</summary>
    public long Change { get; init; }
}
