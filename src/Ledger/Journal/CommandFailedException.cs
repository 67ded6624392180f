namespace Rally.Ledger.Journal;

/// <summary>A command could not be decided, or would have broken a law: a defect. Nothing of its batch was written.</summary>
internal sealed class CommandFailedException(Exception cause) : Exception(cause.Message, cause);
