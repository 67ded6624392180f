using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Trades;

/// <summary>What kind of trade.</summary>
internal enum TradeSide
{
    Buy,
    Sell,
    Convert,
}

/// <summary>A trade as somebody describes it, to be quoted or made.</summary>
/// <param name="Side">Buying and selling are from the holder's side.</param>
/// <param name="Coin">The symbol, in either case, of the coin bought or sold; of a conversion, of the one given.</param>
/// <param name="To">Of a conversion, the symbol of the coin got; else null.</param>
/// <param name="Size">How much; of a conversion, in coins.</param>
internal sealed record TradeOrder(TradeSide Side, string Coin, string? To, TradeSize Size)
{
    /// <summary>The coins in their stored spelling, or what is wrong.</summary>
    public Terms Check()
    {
        if (Side == TradeSide.Convert && To is null)
            return new Terms.Invalid("'to' must be the coin to get.");
        if (Side != TradeSide.Convert && To is not null)
            return new Terms.Invalid("'to' is for side 'convert' only.");
        if (Side == TradeSide.Convert && Size.IsInRly)
            return new Terms.Invalid("A conversion is so many 'coins', not so much 'rly'.");
        if (Size.Amount <= Amount.Zero)
            return new Terms.InvalidAmount($"'{(Size.IsInRly ? "rly" : "coins")}' must be above zero.");
        if (!CoinSymbol.TryNormalize(Coin, out var coin))
            return new Terms.Refused(new PostResult.UnknownCoin(Coin));
        if (To is null)
            return new Terms.Sound(coin, null);
        if (!CoinSymbol.TryNormalize(To, out var to))
            return new Terms.Refused(new PostResult.UnknownCoin(To));
        return coin == to ? new Terms.Invalid("'to' must be another coin than 'coin'.") : new Terms.Sound(coin, to);
    }

    internal abstract record Terms
    {
        /// <param name="Coin">In upper case.</param>
        /// <param name="To">In upper case; null unless it is a conversion.</param>
        public sealed record Sound(string Coin, string? To) : Terms;

        public sealed record Invalid(string Reason) : Terms;

        public sealed record InvalidAmount(string Reason) : Terms;

        public sealed record Refused(PostResult.Refused Reason) : Terms;
    }
}
