namespace Rally.Webhooks.Incoming;

/// <summary>What became of a message of Twitch's EventSub.</summary>
public abstract record EventSubReceipt
{
    private EventSubReceipt()
    {
    }

    /// <summary>Twitch asks whether the subscription is wanted: answer 200 with this text, as <c>text/plain</c>, and nothing around it.</summary>
    public sealed record Challenge(string SubscriptionId, string Text) : EventSubReceipt;

    /// <summary>An event. Answer 2xx within a few seconds, and work after that.</summary>
    /// <param name="Id">The message's id, the same when it is sent again: it is to work once.</param>
    /// <param name="SubscriptionId">Whose event it is.</param>
    /// <param name="Type">The subscription's type, <c>channel.channel_points_custom_reward_redemption.add</c> for example.</param>
    /// <param name="Timestamp">When it was sent.</param>
    /// <param name="Body">The body's bytes as signed: JSON with <c>subscription</c> and <c>event</c>.</param>
    public sealed record Notification(string Id, string SubscriptionId, string Type, DateTimeOffset Timestamp, ReadOnlyMemory<byte> Body) : EventSubReceipt;

    /// <summary>Twitch sends no more for the subscription; answer 2xx.</summary>
    /// <param name="SubscriptionId">Which one.</param>
    /// <param name="Type">Its type.</param>
    /// <param name="Reason">Twitch's word for why, <c>authorization_revoked</c> for example.</param>
    public sealed record Revoked(string SubscriptionId, string Type, string Reason) : EventSubReceipt;

    /// <summary>Not to be believed: do nothing, and answer 403 (413 when <see cref="WebhookRefusal.TooLarge"/>).</summary>
    public sealed record Refused(WebhookRefusal Reason) : EventSubReceipt;
}
