namespace Rally.Webhooks.Deliveries;

/// <summary>How one attempt ended.</summary>
internal abstract record DeliveryOutcome
{
    /// <summary>Why it does not count as delivered; null when it does.</summary>
    public abstract string? Failure { get; }

    /// <summary>A complete answer with status 2xx in time.</summary>
    public sealed record Delivered : DeliveryOutcome
    {
        public override string? Failure => null;
    }

    /// <summary>To be tried again.</summary>
    /// <param name="Reason">For the endpoint's owner; no secret in it.</param>
    /// <param name="RetryAfter">Not before this has passed, as the endpoint asked.</param>
    public sealed record Failed(string Reason, TimeSpan? RetryAfter = null) : DeliveryOutcome
    {
        public override string? Failure => Reason;
    }

    /// <summary>410: the endpoint wants nothing any more.</summary>
    public sealed record Gone : DeliveryOutcome
    {
        public override string? Failure => "It answered 410 Gone.";
    }
}
