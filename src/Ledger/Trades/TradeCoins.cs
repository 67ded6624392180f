using System.Diagnostics;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Journal;
using Rally.Ledger.Spending;

namespace Rally.Ledger.Trades;

/// <summary>Buys from a coin's curve, sells to it, or converts one coin into another; once for each id.</summary>
internal sealed class TradeCoins(LedgerWriter ledger, ReadCoins coins, TimeProvider time)
{
    /// <param name="Id">A UUID version 7 that the caller made; the same one again gets the first answer again.</param>
    /// <param name="Account">Who trades; who may is decided before.</param>
    /// <param name="Order">What.</param>
    /// <param name="Bound">How far the price may have moved, see the commands; null for any.</param>
    public sealed record Request(Guid Id, Guid Account, TradeOrder Order, Amount? Bound);

    public abstract record Result
    {
        /// <param name="Coin">The symbol as it is stored.</param>
        /// <param name="To">Of a conversion, the same of the coin got.</param>
        /// <param name="Figures">What it came to.</param>
        /// <param name="Entries">As they stand in the log.</param>
        /// <param name="Repeated">It had been made before; nothing was done now.</param>
        public sealed record Traded(string Coin, string? To, TradeFigures Figures, IReadOnlyList<JournalEntry> Entries, bool Repeated) : Result;

        public sealed record Invalid(string Reason) : Result;

        public sealed record InvalidAmount(string Reason) : Result;

        public sealed record Refused(PostResult.Refused Reason) : Result;
    }

    public async Task<Result> ExecuteAsync(Request request, CancellationToken stop) =>
        FaultOf(request) ?? await TradeAsync(request, (TradeOrder.Terms.Sound)request.Order.Check(), stop).ConfigureAwait(false);

    /// <returns>Why it can never be made, whatever the ledger holds; null when nothing is wrong with it.</returns>
    public Result? FaultOf(Request request)
    {
        if (CallerId.Fault(request.Id, time.GetUtcNow()) is { } fault)
            return new Result.Invalid(fault);
        if (request.Account == Guid.Empty)
            return new Result.Invalid("'account' must not be the empty id.");
        if (request.Bound is { } bound && bound <= Amount.Zero)
            return new Result.InvalidAmount("'bound' must be above zero; leave it out for any price.");
        return request.Order.Check() switch
        {
            TradeOrder.Terms.Sound => null,
            TradeOrder.Terms.Invalid invalid => new Result.Invalid(invalid.Reason),
            TradeOrder.Terms.InvalidAmount invalid => new Result.InvalidAmount(invalid.Reason),
            TradeOrder.Terms.Refused refused => new Result.Refused(refused.Reason),
            var other => throw new UnreachableException($"{other}"),
        };
    }

    /// <returns>The most that the trade takes from its account; null when the price decides and no bound is set.</returns>
    public static Spend? MostSpent(Request request)
    {
        var (side, size) = (request.Order.Side, request.Order.Size);
        var coin = side == TradeSide.Buy ? CoinSymbol.Rly : ((TradeOrder.Terms.Sound)request.Order.Check()).Coin;
        // A purchase counted in RLY, and a sale or conversion counted in coins, say themselves what they take.
        var most = size.IsInRly == (side == TradeSide.Buy) ? size.Amount : request.Bound;
        return most is { } amount ? new Spend(request.Id, request.Account, coin, amount, To: null) : null;
    }

    private async Task<Result> TradeAsync(Request request, TradeOrder.Terms.Sound sound, CancellationToken stop) =>
        await ledger.SubmitAsync(CommandFor(request, sound), stop).ConfigureAwait(false) switch
        {
            PostResult.Posted posted => new Result.Traded(
                sound.Coin, sound.To, await FiguresAsync(request.Order.Side, sound, posted.Entries, stop).ConfigureAwait(false), posted.Entries, posted.Repeated),
            PostResult.Refused refused => new Result.Refused(refused),
            var other => throw new UnreachableException($"{other}"),
        };

    private static TradeCommand CommandFor(Request request, TradeOrder.Terms.Sound sound) => request.Order.Side switch
    {
        TradeSide.Buy => new BuyCommand(request.Id, request.Account, sound.Coin, request.Order.Size, request.Bound),
        TradeSide.Sell => new SellCommand(request.Id, request.Account, sound.Coin, request.Order.Size, request.Bound),
        _ => new ConvertCommand(request.Id, request.Account, sound.Coin, sound.To!, request.Order.Size.Amount, request.Bound),
    };

    private async Task<TradeFigures> FiguresAsync(
        TradeSide side, TradeOrder.Terms.Sound sound, IReadOnlyList<JournalEntry> entries, CancellationToken stop)
    {
        var coin = await coins.FindAsync(sound.Coin, stop).ConfigureAwait(false);
        var to = sound.To is null ? null : await coins.FindAsync(sound.To, stop).ConfigureAwait(false);
        return TradeFigures.Of(side, entries, coin!, to);
    }
}
