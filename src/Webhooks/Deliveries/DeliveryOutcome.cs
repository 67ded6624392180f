namespace Rally.Webhooks.Deliveries;

/// <summary>How one attempt ended.</summary>
internal abstract record DeliveryOutcome
{
    /// <summary>A complete answer with status 2xx in time.</summary>
    public sealed record Delivered : DeliveryOutcome;

    /// <summary>To be tried again.</summary>
    /// <param name="Reason">For the endpoint's owner; no secret in it.</param>
    /// <param name="RetryAfter">Not before this has passed, as the endpoint asked.</param>
    public sealed record Failed(string Reason, TimeSpan? RetryAfter = null) : DeliveryOutcome;

    /// <summary>410: the endpoint wants nothing any more.</summary>
    public sealed record Gone : DeliveryOutcome;
}
