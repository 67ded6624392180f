namespace Rally.Ledger.Journal;

/// <summary>The ledger is shutting down. Nothing of the command was posted.</summary>
internal sealed class LedgerStoppedException()
    : Exception("The ledger is shutting down and takes no more transfers; nothing of this one was posted.");
