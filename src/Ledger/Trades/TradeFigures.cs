using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Curves;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Trades;

/// <summary>What a trade comes to, or came to.</summary>
/// <param name="Main">The purchase or the sale; of a conversion the sale.</param>
/// <param name="Bought">Of a conversion the purchase, paid with what the sale brings; else null.</param>
internal sealed record TradeFigures(TradeQuote Main, TradeQuote? Bought)
{
    /// <summary>Reads the figures of a trade back from its entries, so that a repeat gets the first answer whatever the price is by then.</summary>
    /// <param name="side">What kind of trade it was.</param>
    /// <param name="entries">All its entries.</param>
    /// <param name="coin">Its coin.</param>
    /// <param name="to">Of a conversion, the coin that was bought.</param>
    public static TradeFigures Of(TradeSide side, IReadOnlyList<JournalEntry> entries, Coin coin, Coin? to) => side switch
    {
        TradeSide.Buy => new(Purchase(entries, coin), null),
        TradeSide.Sell => new(Sale(entries, coin), null),
        _ => new(Sale(entries, coin), Purchase(entries, to!)),
    };

    private static TradeQuote Purchase(IReadOnlyList<JournalEntry> entries, Coin coin)
    {
        var got = entries.Single(entry => entry.Order.Kind == TransferKind.Buy && entry.Order.Coin == coin.Symbol);
        var sold = Sold(coin, got.DebitBalance);
        var paid = InRly(entries, TransferKind.Buy);
        return Quote(coin, got.Order.Amount, paid, Amount.Zero, before: sold - got.Order.Amount, after: sold);
    }

    private static TradeQuote Sale(IReadOnlyList<JournalEntry> entries, Coin coin)
    {
        var given = entries.Single(entry => entry.Order.Kind == TransferKind.Sell && entry.Order.Coin == coin.Symbol);
        var sold = Sold(coin, given.CreditBalance);
        // The fee may be nothing, and then has no entry; in older logs so may what the seller got.
        var (net, fee) = (InRly(entries, TransferKind.Sell), InRly(entries, TransferKind.Fee));
        return Quote(coin, given.Order.Amount, net + fee, fee, before: sold + given.Order.Amount, after: sold);
    }

    private static Amount InRly(IReadOnlyList<JournalEntry> entries, string kind) => entries
        .Where(entry => entry.Order.Kind == kind && entry.Order.Coin == CoinSymbol.Rly)
        .Aggregate(Amount.Zero, (sum, entry) => sum + entry.Order.Amount);

    private static Amount Sold(Coin coin, Amount mint) => Amount.Zero - mint - coin.Terms.Genesis;

    private static TradeQuote Quote(Coin coin, Amount coins, Amount rly, Amount fee, Amount before, Amount after)
    {
        var curve = Curve.Named(coin.Curve)!;
        return new(coins, rly, fee, curve.Price(before), curve.Price(after));
    }
}
