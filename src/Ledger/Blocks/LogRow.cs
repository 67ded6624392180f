using Rally.Ledger.Journal;

namespace Rally.Ledger.Blocks;

/// <summary>A row of the log as blocks cover it; amounts and balances in minor units of 10^-6.</summary>
/// <param name="Position">From 1, without gaps.</param>
/// <param name="Id">Of the transfer.</param>
/// <param name="Debit">The account it was taken from.</param>
/// <param name="Credit">The account it was given to.</param>
/// <param name="Amount">What moved.</param>
/// <param name="Kind">As stored.</param>
/// <param name="Link">The index of the entry within its command.</param>
/// <param name="PostedAt">When it was committed, to the millisecond.</param>
/// <param name="DebitBalance">What it left on <paramref name="Debit"/>.</param>
/// <param name="CreditBalance">What it left on <paramref name="Credit"/>.</param>
/// <param name="Words">The commitment to its note and reference, 32 bytes (see <see cref="WordsKey"/>); null when it has neither.</param>
/// <param name="Details">The JSON text as stored; null is absent.</param>
internal readonly record struct LogRow(
    long Position,
    Guid Id,
    AccountKey Debit,
    AccountKey Credit,
    long Amount,
    string Kind,
    long Link,
    DateTimeOffset PostedAt,
    long DebitBalance,
    long CreditBalance,
    byte[]? Words,
    string? Details)
{
    public static LogRow Of(JournalEntry entry, WordsKey key) => new(
        entry.Position,
        entry.Order.Id,
        entry.Order.Debit,
        entry.Order.Credit,
        entry.Order.Amount.MinorUnits,
        entry.Order.Kind,
        entry.Link,
        entry.PostedAt,
        entry.DebitBalance.MinorUnits,
        entry.CreditBalance.MinorUnits,
        key.Commit(entry.Order.Id, entry.Order.Note, entry.Order.Reference),
        entry.Order.Details);
}
