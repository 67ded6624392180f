using Rally.Ledger.Amounts;

namespace Rally.Ledger.Journal;

/// <summary>An account while a batch works on it.</summary>
/// <param name="key">Which account.</param>
/// <param name="id">Its row.</param>
/// <param name="stored">Its balance in the store; null when it has no row yet.</param>
internal sealed class Account(AccountKey key, long id, Amount? stored)
{
    public AccountKey Key => key;

    public long Id => id;

    public bool IsNew => stored is null;

    public Amount Stored => stored ?? Amount.Zero;

    public Amount Balance { get; set; } = stored ?? Amount.Zero;
}
