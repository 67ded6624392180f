namespace Rally.Ledger.Journal;

/// <summary>Why coins moved, as stored and as the feed tells it.</summary>
internal static class TransferKind
{
    /// <summary>New coins for a holder: a fixed supply, or RLY that entered.</summary>
    public const string Issue = "issue";

    /// <summary>From one holder to another.</summary>
    public const string Transfer = "transfer";

    /// <summary>New coins for the creator, locked.</summary>
    public const string Genesis = "genesis";

    /// <summary>Locked coins that became the creator's.</summary>
    public const string Vest = "vest";

    /// <summary>Both legs of a purchase on the curve.</summary>
    public const string Buy = "buy";

    /// <summary>Both legs of a sale to the curve.</summary>
    public const string Sell = "sell";

    /// <summary>The creator's part of a sale.</summary>
    public const string Fee = "fee";

    /// <summary>A pending transfer: the sender's coins go into escrow.</summary>
    public const string Hold = "hold";

    /// <summary>A pending transfer's coins go to the receiver.</summary>
    public const string Post = "post";

    /// <summary>A pending transfer's coins, or what was left of them, go back to the sender.</summary>
    public const string Void = "void";

    /// <summary>The same because its time was up.</summary>
    public const string Expire = "expire";
}
