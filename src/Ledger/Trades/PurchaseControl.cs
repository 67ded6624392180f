using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Trades;

/// <summary>What a creator set at launch for the first days: a cap for one purchase, and time between two of one buyer.</summary>
internal static class PurchaseControl
{
    public static bool IsActive(Coin coin, DateTimeOffset now) => now < coin.LaunchedAt + coin.Terms.PurchaseControlFor;

    /// <returns>Null when the purchase may be made.</returns>
    public static PostResult.Refused? Refusal(Coin coin, AccountFigures buyer, Amount coins, DateTimeOffset now)
    {
        var terms = coin.Terms;
        if (!IsActive(coin, now))
            return null;
        if (terms.LargestPurchase > Amount.Zero && coins > terms.LargestPurchase)
            return new PostResult.PurchaseTooLarge(terms.LargestPurchase);
        var next = DateTimeOffset.FromUnixTimeMilliseconds(buyer.BoughtAt) + terms.BetweenPurchases;
        return buyer.BoughtAt > 0 && now < next ? new PostResult.PurchaseTooSoon(next) : null;
    }
}
