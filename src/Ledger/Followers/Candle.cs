using Rally.Ledger.Amounts;

namespace Rally.Ledger.Followers;

/// <summary>What was traded of a coin in an hour or a day, and at which prices.</summary>
/// <param name="Start">When the hour or day began, UTC.</param>
/// <param name="Open">RLY for one coin after the first trade.</param>
/// <param name="High">The highest of the prices after each trade.</param>
/// <param name="Low">The lowest of them.</param>
/// <param name="Close">The price after the last trade.</param>
/// <param name="Coins">Bought and sold.</param>
/// <param name="Rly">Paid for them, creators' fees included.</param>
/// <param name="Trades">Purchases and sales; a conversion is one of either coin.</param>
internal sealed record Candle(
    DateTimeOffset Start, Amount Open, Amount High, Amount Low, Amount Close, Amount Coins, Amount Rly, long Trades)
{
    public static Candle Of(DateTimeOffset start, Trade trade) =>
        new(start, trade.Price, trade.Price, trade.Price, trade.Price, trade.Coins, trade.Rly, 1);

    /// <summary>This one and what came after it, as one.</summary>
    public Candle Then(Candle later) => this with
    {
        High = later.High > High ? later.High : High,
        Low = later.Low < Low ? later.Low : Low,
        Close = later.Close,
        Coins = Volume.Add(Coins, later.Coins),
        Rly = Volume.Add(Rly, later.Rly),
        Trades = Trades + later.Trades,
    };
}
