namespace Rally.Webhooks.Incoming;

/// <summary>Why an incoming webhook is not believed.</summary>
public enum WebhookRefusal
{
    /// <summary>A header that is needed is absent, there twice, or not of its form, or the body is not.</summary>
    BadHeaders,

    /// <summary>The body is larger than the receiver takes.</summary>
    TooLarge,

    /// <summary>No signature fits any of the secrets.</summary>
    BadSignature,

    /// <summary>Rightly signed, but sent longer ago than is allowed: perhaps recorded and played again.</summary>
    TooOld,

    /// <summary>Rightly signed, but from further ahead than is allowed: one of the two clocks is wrong.</summary>
    TooNew,
}
