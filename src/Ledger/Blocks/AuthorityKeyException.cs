namespace Rally.Ledger.Blocks;

/// <summary>A private key that is missing or cannot be used: nothing is sealed until the operator mends it. The message says how.</summary>
internal sealed class AuthorityKeyException(string message, Exception? inner = null) : IOException(message, inner);
