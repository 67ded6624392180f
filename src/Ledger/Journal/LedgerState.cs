using Rally.Ledger.Coins;

namespace Rally.Ledger.Journal;

/// <summary>Where the log ends and which coins there are, as committed.</summary>
/// <param name="LastPosition">0 when the log is empty.</param>
/// <param name="LastPostedAt">The time of that entry.</param>
/// <param name="LastAccountId">The highest account row; 0 when there is none.</param>
/// <param name="CoinRevision">Grows with every change of a coin.</param>
internal readonly record struct JournalEnds(long LastPosition, DateTimeOffset LastPostedAt, long LastAccountId, long CoinRevision);

/// <summary>
/// What the writer knows of the store from one batch to the next. It is true only as long as nobody else has written and
/// every commit was acknowledged; else it is thrown away and read anew.
/// </summary>
internal sealed class LedgerState(JournalEnds ends, RecentIds ids, AccountCache accounts, Dictionary<string, Coin> coins)
{
    public JournalEnds Ends { get; set; } = ends;

    public RecentIds Ids => ids;

    public AccountCache Accounts => accounts;

    public Dictionary<string, Coin> Coins => coins;
}
