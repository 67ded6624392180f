namespace Rally.Webhooks.Events;

/// <summary>The types of events, as endpoints ask for them and bodies say.</summary>
internal static class EventType
{
    /// <summary>Each entry of the log.</summary>
    public const string TransferPosted = "transfer.posted";

    public const string Purchase = "purchase";

    public const string Redemption = "redemption";

    public const string Convert = "convert";

    /// <summary>From one person to another.</summary>
    public const string Transfer = "transfer";

    /// <summary>To the coin's creator.</summary>
    public const string Donation = "donation";

    /// <summary>A coin was suspended or goes on.</summary>
    public const string CoinStatus = "coin.status";

    /// <summary>An account of this network and one elsewhere belong together, or no longer.</summary>
    public const string LinkChanged = "link.changed";

    /// <summary>Somebody gained or lost a role by what they hold, as a client reports.</summary>
    public const string TierChanged = "tier.changed";

    /// <summary>Nothing happened for a while.</summary>
    public const string Heartbeat = "heartbeat";

    /// <summary>Sent only when the owner asks for it.</summary>
    public const string Test = "test";

    /// <summary>All that an endpoint can ask for.</summary>
    public static IReadOnlyList<string> All { get; } =
        [TransferPosted, Purchase, Redemption, Convert, Donation, Transfer, CoinStatus, LinkChanged, TierChanged, Heartbeat];

    /// <summary>Those that the former Rally had too.</summary>
    public static IReadOnlyList<string> Former { get; } = [Purchase, Redemption, Convert, Donation, Transfer];
}
