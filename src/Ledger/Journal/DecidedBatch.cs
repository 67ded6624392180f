namespace Rally.Ledger.Journal;

/// <summary>Commands that were decided in memory on top of what is being written, and are not written themselves.</summary>
/// <param name="State">What they were decided on: they count only as long as the writer holds it true.</param>
/// <param name="Batch">What they did.</param>
internal sealed record DecidedBatch(LedgerState State, Batch Batch)
{
    /// <summary>In the order of the commands.</summary>
    public List<PostResult> Answers { get; } = [];
}
