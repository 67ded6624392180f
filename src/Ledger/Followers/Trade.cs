using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Journal;
using Rally.Ledger.Trades;

namespace Rally.Ledger.Followers;

/// <summary>A purchase or a sale as the coin's own entry tells it: what its mint is at says where on the curve that was.</summary>
/// <param name="Coins">Bought or sold.</param>
/// <param name="Rly">Paid for them, the creator's fee included: the difference the trade made to the backing.</param>
/// <param name="Price">RLY for one coin after it.</param>
internal readonly record struct Trade(Amount Coins, Amount Rly, Amount Price)
{
    /// <returns>Null for an entry that is no trade, and for a trade's entries in RLY.</returns>
    public static Trade? Of(JournalEntry entry, Coin coin)
    {
        var order = entry.Order;
        var (mintAfter, change) = order switch
        {
            { Kind: TransferKind.Buy, Debit.Kind: AccountKind.Mint } => (entry.DebitBalance, order.Amount),
            { Kind: TransferKind.Sell, Credit.Kind: AccountKind.Mint } => (entry.CreditBalance, Amount.Zero - order.Amount),
            _ => (Amount.Zero, Amount.Zero),
        };
        if (change == Amount.Zero || Market.Of(coin, Amount.Zero - mintAfter) is not { } after)
            return null;
        var difference = after.Backing - after.Curve.Reserve(after.Sold - change);
        return new(order.Amount, difference < Amount.Zero ? Amount.Zero - difference : difference, after.Price);
    }
}
