namespace Rally.Webhooks.Deliveries;

/// <summary>An event that was given up at one endpoint.</summary>
internal sealed record DeadLetter(Guid EndpointId, long Position, string Type, long Attempts, string Reason, DateTimeOffset DiedAt);
