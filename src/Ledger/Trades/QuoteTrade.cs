using System.Diagnostics;
using Rally.Ledger.Coins;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Trades;

/// <summary>Says what a trade would come to, to the last unit, as long as nobody trades before it.</summary>
internal sealed class QuoteTrade(ReadCoinFigures figures, TimeProvider time)
{
    /// <param name="Order">What.</param>
    /// <param name="Account">Whose limits to look at; null for nobody's.</param>
    public sealed record Request(TradeOrder Order, Guid? Account);

    public abstract record Result
    {
        /// <param name="Coin">The symbol as it is stored.</param>
        /// <param name="To">Of a conversion, the same of the coin got.</param>
        /// <param name="Figures">What it would come to.</param>
        /// <param name="Selling">What the account may still sell of the coin given; null for a purchase or without an account.</param>
        /// <param name="Buying">What the account may buy of the coin got; null for a sale or without an account.</param>
        public sealed record Quoted(string Coin, string? To, TradeFigures Figures, HolderLimits? Selling, HolderLimits? Buying) : Result;

        public sealed record Invalid(string Reason) : Result;

        public sealed record InvalidAmount(string Reason) : Result;

        public sealed record Refused(PostResult.Refused Reason) : Result;
    }

    public async Task<Result> ExecuteAsync(Request request, CancellationToken stop) => request.Order.Check() switch
    {
        TradeOrder.Terms.Sound sound => await QuoteAsync(request, sound, stop).ConfigureAwait(false),
        TradeOrder.Terms.Invalid invalid => new Result.Invalid(invalid.Reason),
        TradeOrder.Terms.InvalidAmount invalid => new Result.InvalidAmount(invalid.Reason),
        TradeOrder.Terms.Refused refused => new Result.Refused(refused.Reason),
        var other => throw new UnreachableException($"{other}"),
    };

    private async Task<Result> QuoteAsync(Request request, TradeOrder.Terms.Sound sound, CancellationToken stop)
    {
        var found = await figures.FindAsync([sound.Coin, sound.To ?? sound.Coin], request.Account ?? Guid.Empty, stop).ConfigureAwait(false);
        var (market, refusal) = MarketOf(found, sound.Coin);
        if (market is null)
            return new Result.Refused(refusal!);
        if (sound.To is not null)
            return ConvertQuoteOf(request, sound, market, found);

        var side = request.Order.Side;
        (var quote, refusal) = side == TradeSide.Buy ? market.Buy(request.Order.Size) : market.Sell(request.Order.Size);
        if (quote is null)
            return new Result.Refused(refusal!);
        var limits = LimitsOf(request, found[sound.Coin]);
        return new Result.Quoted(
            sound.Coin, null, new(quote, null), side == TradeSide.Sell ? limits : null, side == TradeSide.Buy ? limits : null);
    }

    private Result ConvertQuoteOf(
        Request request, TradeOrder.Terms.Sound sound, Market giving, IReadOnlyDictionary<string, ReadCoinFigures.Result> found)
    {
        var (getting, refusal) = MarketOf(found, sound.To!);
        if (getting is null)
            return new Result.Refused(refusal!);
        (var quote, refusal) = ConvertQuote.Of(giving, getting, request.Order.Size.Amount);
        return quote is null
            ? new Result.Refused(refusal!)
            : new Result.Quoted(
                sound.Coin, sound.To, new(quote.Sell, quote.Buy), LimitsOf(request, found[sound.Coin]), LimitsOf(request, found[sound.To!]));
    }

    private HolderLimits? LimitsOf(Request request, ReadCoinFigures.Result coin) =>
        request.Account is null ? null : HolderLimits.Of(coin.Figures, coin.Holder, time.GetUtcNow());

    private static (Market? Market, PostResult.Refused? Refusal) MarketOf(
        IReadOnlyDictionary<string, ReadCoinFigures.Result> found, string symbol)
    {
        if (found.GetValueOrDefault(symbol)?.Figures is not { } coin)
            return (null, new PostResult.UnknownCoin(symbol));
        if (coin.Coin.IsSuspended)
            return (null, new PostResult.CoinSuspended(symbol));
        return coin.Market is { } market ? (market, null) : (null, new PostResult.NoMarket(symbol));
    }
}
