using Rally.Ledger.Amounts;

namespace Rally.Ledger.Journal;

/// <summary>A row of the log: the order, its place, and what it left on both accounts.</summary>
/// <param name="Position">1, 2, 3 … without gaps.</param>
/// <param name="Order">What was moved.</param>
/// <param name="Link">Its index among the entries of one command, which were committed together; 0 begins a command.</param>
/// <param name="PostedAt">When; never earlier than the entry before.</param>
/// <param name="DebitBalance">Left on the debit account.</param>
/// <param name="CreditBalance">Then on the credit account.</param>
internal sealed record JournalEntry(
    long Position,
    TransferOrder Order,
    int Link,
    DateTimeOffset PostedAt,
    Amount DebitBalance,
    Amount CreditBalance)
{
    public TransferPosted ToPosted() => new(
        Position, Order.Id, Order.Coin, Order.Debit.Holder, Order.Credit.Holder, Order.Amount, Order.Kind, Order.Note, PostedAt);
}
