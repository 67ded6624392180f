using Rally.Ledger.Amounts;

namespace Rally.Ledger.Journal;

/// <summary>A row of the log: the order, its place, and what it left on both accounts.</summary>
internal sealed record JournalEntry(
    long Position,
    TransferOrder Order,
    DateTimeOffset PostedAt,
    Amount DebitBalance,
    Amount CreditBalance)
{
    public TransferPosted ToPosted() => new(
        Position, Order.Id, Order.Coin, Order.Debit.Holder, Order.Credit.Holder, Order.Amount, Order.Kind, Order.Note, PostedAt);
}
