namespace Rally.Webhooks.Incoming;

/// <summary>What became of an incoming webhook.</summary>
public abstract record WebhookReceipt
{
    private WebhookReceipt()
    {
    }

    /// <summary>Signed by the sender and fresh.</summary>
    /// <param name="Id">The sender's id of the message, the same when it is sent again.</param>
    /// <param name="Timestamp">When this attempt was sent.</param>
    /// <param name="Body">The body's bytes as signed.</param>
    public sealed record Accepted(string Id, DateTimeOffset Timestamp, ReadOnlyMemory<byte> Body) : WebhookReceipt;

    /// <summary>Not to be believed: do nothing, and answer 401 (413 when <see cref="WebhookRefusal.TooLarge"/>).</summary>
    public sealed record Refused(WebhookRefusal Reason) : WebhookReceipt;
}
