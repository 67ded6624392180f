using Rally.Ledger.Amounts;
using Rally.Ledger.Events;

namespace Rally.Ledger.Journal;

/// <summary>A transfer as it stands in the log.</summary>
/// <param name="Position">Its place in commit order: 1, 2, 3 … without gaps.</param>
/// <param name="Id">The id the caller made (UUID version 7).</param>
/// <param name="Coin">The coin's symbol.</param>
/// <param name="DebitHolder">Whom it was taken from: a Rally id, or null for a system account.</param>
/// <param name="CreditHolder">Who received it: a Rally id, or null for a system account.</param>
/// <param name="Amount">How much; above zero.</param>
/// <param name="Kind">What it was: <c>issue</c>, <c>transfer</c>, <c>genesis</c>, <c>vest</c>, <c>buy</c>, <c>sell</c>, <c>fee</c>, <c>hold</c>, <c>post</c>, <c>void</c> or <c>expire</c>.</param>
/// <param name="Note">The sender's words, empty when there are none.</param>
/// <param name="PostedAt">When it was committed.</param>
public sealed record TransferPosted(
    long Position,
    Guid Id,
    string Coin,
    Guid? DebitHolder,
    Guid? CreditHolder,
    Amount Amount,
    string Kind,
    string Note,
    DateTimeOffset PostedAt)
{
    /// <summary>What somebody did that this entry stands for; null for one that stands for nothing, and where events were not asked for.</summary>
    public CoinEvent? Event { get; init; }
}
