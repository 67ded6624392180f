using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Trades;

/// <summary>Sells one coin and buys another with what that brings, in one step; what RLY is left over stays with the holder.</summary>
/// <param name="id">UUID version 7, made by the client.</param>
/// <param name="holder">Whose coins.</param>
/// <param name="from">The symbol of the coin to give.</param>
/// <param name="to">The symbol of the coin to get.</param>
/// <param name="amount">Of the coin to give.</param>
/// <param name="bound">The fewest coins to get; null for any.</param>
internal sealed class ConvertCommand(Guid id, Guid holder, string from, string to, Amount amount, Amount? bound) : TradeCommand(id, holder)
{
    protected override string Request => TradeRequest.Write("convert", Trader, from, TradeSize.Coins(amount), bound, to);

    protected override void NameCoins(Needs needs)
    {
        NameCoin(needs, from);
        NameCoin(needs, to);
    }

    protected override PostResult Trade(Batch batch)
    {
        if (from == to)
            return new PostResult.SameAccount();
        var (giving, refusal) = MarketOf(batch, from);
        if (giving is null)
            return refusal!;
        (var getting, refusal) = MarketOf(batch, to);
        if (getting is null)
            return refusal!;
        (var quote, refusal) = ConvertQuote.Of(giving, getting, amount);
        if (quote is null)
            return refusal!;
        if (bound is { } fewest && quote.Buy.Coins < fewest)
            return new PostResult.BeyondBound(quote.Buy.Coins);
        var account = AccountKey.Of(Trader, to);
        if (PurchaseControl.Refusal(getting.Coin, batch.Account(account).Current, quote.Buy.Coins, batch.Now) is { } controlled)
            return controlled;
        return Post(batch, SellLegs(giving.Coin, quote.Sell).Concat(BuyLegs(to, quote.Buy)));
    }
}
