using Rally.Ledger.Escrow;

namespace Rally.Ledger.Journal;

/// <summary>What of the store a batch asked for.</summary>
/// <param name="Entries">Those there are of the ids asked for.</param>
/// <param name="Holds">Those there are of the ids asked for.</param>
/// <param name="Continued">Of the entries, those that the next one in the log belongs together with.</param>
/// <param name="Accounts">The accounts asked for; those there are of them are in the writer's state now.</param>
internal sealed record Found(
    IReadOnlyDictionary<Guid, JournalEntry> Entries,
    IReadOnlySet<Guid> Continued,
    IReadOnlyDictionary<Guid, Hold> Holds,
    IReadOnlySet<AccountKey> Accounts)
{
    /// <summary>When there was nothing to ask.</summary>
    public static readonly Found Nothing = new(
        new Dictionary<Guid, JournalEntry>(), new HashSet<Guid>(), new Dictionary<Guid, Hold>(), new HashSet<AccountKey>());
}
