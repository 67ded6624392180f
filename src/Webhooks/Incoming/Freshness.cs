namespace Rally.Webhooks.Incoming;

/// <summary>Whether what is rightly signed was sent about now: else somebody may have recorded it and play it again.</summary>
internal static class Freshness
{
    /// <returns>Why not; null when it was.</returns>
    public static WebhookRefusal? Fault(DateTimeOffset timestamp, DateTimeOffset now, TimeSpan mostAge, TimeSpan mostAhead)
    {
        var age = now - timestamp;
        if (age > mostAge)
            return WebhookRefusal.TooOld;
        return age < -mostAhead ? WebhookRefusal.TooNew : null;
    }
}
