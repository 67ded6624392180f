using Rally.Ledger.Coins;

namespace Rally.Ledger.Journal;

/// <summary>What the store holds of the things a batch touches, read under the writer's lock.</summary>
/// <param name="LastPosition">The log's end; 0 when it is empty.</param>
/// <param name="LastPostedAt">The time of that entry.</param>
/// <param name="LastAccountId">The highest account row; 0 when there is none.</param>
/// <param name="Accounts">Those of the wanted accounts that exist.</param>
/// <param name="Entries">Those of the wanted ids that were posted before.</param>
/// <param name="Coins">Those of the wanted coins that exist.</param>
internal sealed record JournalState(
    long LastPosition,
    DateTimeOffset LastPostedAt,
    long LastAccountId,
    IReadOnlyList<Account> Accounts,
    IReadOnlyList<JournalEntry> Entries,
    IReadOnlyList<Coin> Coins);
