namespace Rally.Auth.Spending;

/// <summary>The states of a use, as stored.</summary>
internal static class SpendingStates
{
    /// <summary>Room was made for it, and the ledger's answer is not known yet.</summary>
    public const string Open = "open";

    /// <summary>The coins are held for a receiver who has not taken them.</summary>
    public const string Held = "held";

    public const string Done = "done";

    /// <summary>The ledger said no.</summary>
    public const string Refused = "refused";

    /// <summary>The receiver did not take them.</summary>
    public const string Returned = "returned";

    /// <summary>It never reached the ledger.</summary>
    public const string Lapsed = "lapsed";

    /// <summary>The SQL list of those that take room.</summary>
    public const string Counted = "('open', 'held', 'done')";
}
