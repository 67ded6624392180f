namespace Rally.Webhooks.Deliveries;

/// <summary>An event that was given up at one endpoint.</summary>
/// <param name="EndpointId">Which endpoint.</param>
/// <param name="Position">Its place in the log; of a change, the place that it comes after.</param>
/// <param name="Type">Its type.</param>
/// <param name="Change">The number of a change; 0 for what is in the log.</param>
/// <param name="Attempts">How many.</param>
/// <param name="Reason">Why the last one failed.</param>
/// <param name="DiedAt">When.</param>
internal sealed record DeadLetter(Guid EndpointId, long Position, string Type, long Change, long Attempts, string Reason, DateTimeOffset DiedAt);
