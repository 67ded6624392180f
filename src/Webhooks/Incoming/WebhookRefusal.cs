namespace Rally.Webhooks.Incoming;

/// <summary>Why an incoming webhook is not believed.</summary>
public enum WebhookRefusal
{
    /// <summary>A header of the three is absent, there twice, or not of its form.</summary>
    BadHeaders,

    /// <summary>The body is larger than the receiver takes.</summary>
    TooLarge,

    /// <summary>No signature fits any of the secrets.</summary>
    BadSignature,

    /// <summary>Rightly signed, but sent more than five minutes ago: perhaps recorded and played again.</summary>
    TooOld,

    /// <summary>Rightly signed, but from more than five minutes ahead: one of the two clocks is wrong.</summary>
    TooNew,
}
