using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Escrow;
using Rally.Ledger.Trades;

namespace Rally.Ledger.Journal;

/// <summary>
/// What an entry makes of its accounts' figures. They follow from the log and the coins' terms alone: so the writer, which
/// posts an entry, and an import, which reads it again, come to the same limits.
/// </summary>
internal static class Evolution
{
    /// <param name="order">The entry's order.</param>
    /// <param name="coin">Its coin.</param>
    /// <param name="debit">The debit account's figures before it.</param>
    /// <param name="credit">The credit account's figures before it.</param>
    /// <param name="circulating">Of the coin, before it; looked at only where the coin has flow control.</param>
    /// <param name="now">The entry's time.</param>
    /// <returns>Both accounts' figures after it.</returns>
    public static (AccountFigures Debit, AccountFigures Credit) After(
        TransferOrder order, Coin coin, AccountFigures debit, AccountFigures credit, Amount circulating, DateTimeOffset now)
    {
        if (UsesAllowance(order, coin))
            debit = FlowControl.Use(debit, order.Amount, FlowControl.Limit(coin.Terms, circulating), now);
        if (IsPurchase(order) && PurchaseControl.IsActive(coin, now))
            credit = credit with { BoughtAt = now.ToUnixTimeMilliseconds() };
        return (debit with { Balance = debit.Balance - order.Amount }, credit with { Balance = credit.Balance + order.Amount });
    }

    /// <summary>What comes back from a hold to its sender gives back allowance that the hold had used.</summary>
    /// <param name="sender">The sender's figures, with the coins back on the account.</param>
    /// <param name="coin">The hold's coin.</param>
    /// <param name="hold">The hold.</param>
    /// <param name="amount">What came back.</param>
    /// <param name="circulating">Of the coin.</param>
    /// <param name="now">When it came back.</param>
    public static AccountFigures GivenBack(
        AccountFigures sender, Coin coin, Hold hold, Amount amount, Amount circulating, DateTimeOffset now) =>
        IsLimited(coin, hold.Receiver)
            ? FlowControl.GiveBack(sender, amount, hold.HeldAt, FlowControl.Limit(coin.Terms, circulating), now)
            : sender;

    /// <summary>Whether the order counts as selling or sending under flow control.</summary>
    public static bool UsesAllowance(TransferOrder order, Coin coin) =>
        coin.Terms.FlowBasisPoints > 0
        && order.Debit.Holder is not null
        && order.Kind is TransferKind.Transfer or TransferKind.Sell or TransferKind.Hold
        && IsLimited(coin, order.Kind == TransferKind.Hold ? HoldDetails.ReceiverOf(order) : order.Credit.Holder);

    private static bool IsLimited(Coin coin, Guid? receiver) => coin.Terms.FlowBasisPoints > 0 && receiver != coin.Creator;

    private static bool IsPurchase(TransferOrder order) => order.Kind == TransferKind.Buy && order.Debit.Kind == AccountKind.Mint;
}
