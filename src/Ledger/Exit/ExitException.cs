namespace Rally.Ledger.Exit;

/// <summary>An export that cannot be written or taken in; the message says why, and nothing was changed.</summary>
internal sealed class ExitException(string message, Exception? cause = null) : IOException(message, cause);
