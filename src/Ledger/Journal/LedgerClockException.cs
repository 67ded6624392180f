namespace Rally.Ledger.Journal;

/// <summary>The clock is not to be trusted; nothing was posted. The message says what to do.</summary>
public sealed class LedgerClockException(string message) : Exception(message);
