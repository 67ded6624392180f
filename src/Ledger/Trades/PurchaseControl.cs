using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Trades;

/// <summary>What a creator set at launch for the first days: a cap for one purchase, and time between two of one buyer.</summary>
internal static class PurchaseControl
{
    public static bool IsActive(Coin coin, DateTimeOffset now) => now < coin.LaunchedAt + coin.Terms.PurchaseControlFor;

    /// <summary>The most coins in one purchase; null for any number.</summary>
    public static Amount? Largest(Coin coin, DateTimeOffset now) =>
        IsActive(coin, now) && coin.Terms.LargestPurchase > Amount.Zero ? coin.Terms.LargestPurchase : null;

    /// <summary>When the next purchase can be made, at the latest when purchase control ends; null for now.</summary>
    public static DateTimeOffset? Next(Coin coin, AccountFigures buyer, DateTimeOffset now)
    {
        if (!IsActive(coin, now) || buyer.BoughtAt == 0)
            return null;
        var next = DateTimeOffset.FromUnixTimeMilliseconds(buyer.BoughtAt) + coin.Terms.BetweenPurchases;
        var end = coin.LaunchedAt + coin.Terms.PurchaseControlFor;
        next = next < end ? next : end;
        return now < next ? next : null;
    }

    /// <returns>Null when the purchase may be made.</returns>
    public static PostResult.Refused? Refusal(Coin coin, AccountFigures buyer, Amount coins, DateTimeOffset now)
    {
        if (Largest(coin, now) is { } largest && coins > largest)
            return new PostResult.PurchaseTooLarge(largest);
        return Next(coin, buyer, now) is { } next ? new PostResult.PurchaseTooSoon(next) : null;
    }
}
