using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Trades;

/// <summary>Buys from the curve.</summary>
/// <param name="id">UUID version 7, made by the client.</param>
/// <param name="buyer">Pays in RLY.</param>
/// <param name="coin">The coin's symbol.</param>
/// <param name="size">How much.</param>
/// <param name="bound">The most RLY for a number of coins, or the fewest coins for a sum of RLY; null for any.</param>
internal sealed class BuyCommand(Guid id, Guid buyer, string coin, TradeSize size, Amount? bound) : TradeCommand(id, buyer)
{
    protected override string Request => TradeRequest.Write("buy", Trader, coin, size, bound);

    protected override void NameCoins(Needs needs) => NameCoin(needs, coin);

    protected override PostResult Trade(Batch batch)
    {
        var (market, refusal) = MarketOf(batch, coin);
        if (market is null)
            return refusal!;
        (var quote, refusal) = market.Buy(size);
        if (quote is null)
            return refusal!;
        if (bound is { } limit && (size.IsInRly ? quote.Coins < limit : quote.Rly > limit))
            return new PostResult.BeyondBound(size.IsInRly ? quote.Coins : quote.Rly);
        var account = AccountKey.Of(Trader, coin);
        if (PurchaseControl.Refusal(market.Coin, batch.Account(account).Current, quote.Coins, batch.Now) is { } controlled)
            return controlled;
        return Post(batch, BuyLegs(coin, quote));
    }
}
