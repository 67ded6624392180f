using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Trades;

/// <summary>Sells to the curve; the creator's fee comes out of what it brings.</summary>
/// <param name="id">UUID version 7, made by the client.</param>
/// <param name="seller">Receives RLY.</param>
/// <param name="coin">The coin's symbol.</param>
/// <param name="size">How much; of RLY, before the fee.</param>
/// <param name="bound">The least RLY after the fee for a number of coins, or the most coins for a sum of RLY; null for any.</param>
internal sealed class SellCommand(Guid id, Guid seller, string coin, TradeSize size, Amount? bound) : TradeCommand(id, seller)
{
    protected override string Request => TradeRequest.Write("sell", Trader, coin, size, bound);

    protected override void NameCoins(Needs needs) => NameCoin(needs, coin);

    protected override PostResult Trade(Batch batch)
    {
        var (market, refusal) = MarketOf(batch, coin);
        if (market is null)
            return refusal!;
        (var quote, refusal) = market.Sell(size);
        if (quote is null)
            return refusal!;
        return bound is { } limit && (size.IsInRly ? quote.Coins > limit : quote.NetRly < limit)
            ? new PostResult.BeyondBound(size.IsInRly ? quote.Coins : quote.NetRly)
            : Post(batch, SellLegs(market.Coin, quote));
    }
}
