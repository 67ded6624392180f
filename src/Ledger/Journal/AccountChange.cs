namespace Rally.Ledger.Journal;

/// <summary>What a batch leaves on an account.</summary>
/// <param name="Id">Its row.</param>
/// <param name="Key">Whose it is.</param>
/// <param name="IsNew">Whether the store has no row for it yet.</param>
/// <param name="Figures">To be written.</param>
internal readonly record struct AccountChange(long Id, AccountKey Key, bool IsNew, AccountFigures Figures);
