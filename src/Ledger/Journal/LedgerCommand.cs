namespace Rally.Ledger.Journal;

/// <summary>
/// Something that somebody wants done, whole or not at all. It is applied in memory, between two other commands, to a
/// ledger that holds still; what it decides there is written with the batch.
/// </summary>
internal abstract class LedgerCommand
{
    /// <summary>How many entries it may make; with the others' in its batch, these are limited.</summary>
    public abstract int MostEntries { get; }

    /// <summary>Names what <see cref="Apply"/> will look at.</summary>
    public abstract void Name(Needs needs);

    /// <summary>Decides and posts, or refuses and leaves no trace.</summary>
    public abstract PostResult Apply(Batch batch);
}
