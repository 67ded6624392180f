using Rally.Ledger.Amounts;

namespace Rally.Ledger.Journal;

/// <summary>What changes of an account.</summary>
/// <param name="Balance">What is on it.</param>
/// <param name="FlowUsed">What was sold and sent within flow control's period, as of <paramref name="FlowAt"/>.</param>
/// <param name="FlowAt">Milliseconds since 1970 UTC; 0 for never.</param>
/// <param name="BoughtAt">The last purchase under purchase control, in milliseconds since 1970 UTC; 0 for none.</param>
internal readonly record struct AccountFigures(Amount Balance, Amount FlowUsed, long FlowAt, long BoughtAt);

/// <summary>An account as the writer keeps it from one batch to the next.</summary>
internal sealed class Account(AccountKey key)
{
    public AccountKey Key => key;

    /// <summary>Its row; 0 until it has one.</summary>
    public long Id { get; set; }

    public bool IsNew => Id == 0;

    /// <summary>As committed, or about to be: what the last closed batch left.</summary>
    public AccountFigures Stored { get; set; }

    /// <summary>As the open batch has it so far.</summary>
    public AccountFigures Current { get; set; }

    /// <summary>Since the cache last wondered whether to keep it.</summary>
    public bool WasUsed { get; set; }

    /// <summary>It is in the batch's list of accounts with entries.</summary>
    public bool IsTouched { get; set; }

    /// <summary>How many times the batch has it on either side of an entry.</summary>
    public int Entries { get; set; }

    public Amount Balance => Current.Balance;

    public static Account Load(AccountKey key, long id, AccountFigures figures) => new(key) { Id = id, Stored = figures, Current = figures };
}
