namespace Rally.Ledger.Coins;

/// <summary>How coins are priced, as stored.</summary>
internal static class CoinCurve
{
    /// <summary>RLY: what the others are priced in.</summary>
    public const string Base = "base";

    /// <summary>The whole supply goes to the creator at launch; the ledger neither sells nor buys it.</summary>
    public const string Fixed = "fixed";

    /// <summary>Rally's second curve, and the default.</summary>
    public const string Linear = "linear";

    /// <summary>Rally's first curve.</summary>
    public const string Sigmoid = "sigmoid";
}
