using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Trades;

/// <summary>What a conversion would come to.</summary>
/// <param name="Sell">Its first half.</param>
/// <param name="Buy">Its second half, with what the first brings after the fee.</param>
internal sealed record ConvertQuote(TradeQuote Sell, TradeQuote Buy)
{
    /// <returns>The quote, or why there is none.</returns>
    public static (ConvertQuote? Quote, PostResult.Refused? Refusal) Of(Market from, Market to, Amount amount)
    {
        var (sell, refusal) = from.Sell(TradeSize.Coins(amount));
        if (sell is null)
            return (null, refusal);
        (var buy, refusal) = to.Buy(TradeSize.Rly(sell.NetRly));
        return buy is null ? (null, refusal) : (new(sell, buy), null);
    }
}
