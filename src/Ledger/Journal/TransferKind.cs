namespace Rally.Ledger.Journal;

/// <summary>Why coins moved, as stored and as the feed tells it.</summary>
internal static class TransferKind
{
    public const string Issue = "issue";

    public const string Transfer = "transfer";
}
