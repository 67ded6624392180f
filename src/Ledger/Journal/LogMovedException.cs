namespace Rally.Ledger.Journal;

/// <summary>Another process has written since a batch was decided. Nothing of it was written; decided again, it comes to what is right now.</summary>
internal sealed class LogMovedException() : Exception("Another process has written to the ledger meanwhile.");
