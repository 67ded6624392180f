namespace Rally.Ledger.Journal;

/// <summary>What a batch leaves on an account.</summary>
/// <param name="Id">Its row.</param>
/// <param name="Account">Of which the next batch may have changed all but the name.</param>
/// <param name="IsNew">Whether the store has no row for it yet.</param>
/// <param name="Figures">To be written.</param>
internal readonly record struct AccountChange(long Id, Account Account, bool IsNew, AccountFigures Figures)
{
    /// <summary>Whose it is.</summary>
    public AccountKey Key => Account.Key;
}
