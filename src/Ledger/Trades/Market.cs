using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Curves;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Trades;

/// <summary>A coin's curve and where on it the coin is: what a purchase costs and a sale brings.</summary>
/// <param name="Coin">The coin.</param>
/// <param name="Curve">Its curve.</param>
/// <param name="Sold">Coins on the curve: all that were issued but for the genesis grant.</param>
internal sealed record Market(Coin Coin, Curve Curve, Amount Sold)
{
    /// <param name="coin">The coin.</param>
    /// <param name="issued">What its mint has issued.</param>
    /// <returns>Null for a coin that the ledger does not trade.</returns>
    public static Market? Of(Coin coin, Amount issued) =>
        Curve.Named(coin.Curve) is { } curve ? new(coin, curve, issued - coin.Terms.Genesis) : null;

    public Amount Backing => Curve.Reserve(Sold);

    /// <summary>The law of a curve: what is in the reserve is the area under it, to the last unit.</summary>
    /// <param name="coin">The coin.</param>
    /// <param name="issued">What its mint has issued.</param>
    /// <param name="reserve">The RLY on its reserve account.</param>
    /// <returns>How it is broken, in words; null when it holds.</returns>
    public static string? BackingFault(Coin coin, Amount issued, Amount reserve)
    {
        if (Of(coin, issued) is not { } market)
            return reserve == Amount.Zero ? null : $"{coin.Symbol} is backed by {reserve} RLY and has no curve.";
        if (market.Sold < Amount.Zero || market.Sold > market.Curve.MostSold)
            return $"{market.Sold} of {coin.Symbol} are sold, which its curve cannot be.";
        return market.Backing == reserve ? null : $"{coin.Symbol} is backed by {reserve} RLY, its curve comes to {market.Backing}.";
    }

    public Amount Price => Curve.Price(Sold);

    /// <returns>A <see cref="TradeQuote"/>, or why there is none.</returns>
    public (TradeQuote? Quote, PostResult.Refused? Refusal) Buy(TradeSize size)
    {
        var left = Curve.MostSold - Sold;
        var coins = size.IsInRly ? Curve.CoinsFor(Sold, size.Amount) : size.Amount;
        if (coins > left || left == Amount.Zero)
            return (null, new PostResult.SoldOut(left));
        var cost = Curve.Reserve(Sold + coins) - Backing;
        if (coins == Amount.Zero || cost == Amount.Zero)
            return (null, new PostResult.TooSmall());
        return (new(coins, cost, Amount.Zero, Price, Curve.Price(Sold + coins)), null);
    }

    /// <returns>A <see cref="TradeQuote"/>, or why there is none.</returns>
    public (TradeQuote? Quote, PostResult.Refused? Refusal) Sell(TradeSize size)
    {
        var worth = size.IsInRly ? Curve.CoinsWorth(Sold, size.Amount) : size.Amount;
        if (worth is not { } coins)
            return (null, new PostResult.TooLarge(Backing));
        if (coins > Sold)
            return (null, new PostResult.TooLarge(Sold));
        var value = Backing - Curve.Reserve(Sold - coins);
        if (value == Amount.Zero)
            return (null, new PostResult.TooSmall());
        // Rally's fee: the value R of the sale, of the backing B before it: R * R / B. Of a sale of all that is sold that is
        // everything, and coins are not taken for nothing.
        var fee = Coin.Terms.PaysCreatorFee ? value.Share(value.MinorUnits, Backing.MinorUnits) : Amount.Zero;
        if (fee == value)
            return (null, new PostResult.TooSmall());
        return (new(coins, value, fee, Price, Curve.Price(Sold - coins)), null);
    }
}
