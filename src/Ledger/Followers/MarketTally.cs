using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Followers;

/// <summary>What some entries change about each coin's figures.</summary>
internal sealed class MarketTally
{
    private readonly Dictionary<(string Coin, DateTimeOffset Start), Candle> _candles = [];
    private readonly Dictionary<string, CoinChange> _coins = [];

    /// <summary>By coin and hour.</summary>
    public IReadOnlyDictionary<(string Coin, DateTimeOffset Start), Candle> Candles => _candles;

    public IReadOnlyDictionary<string, CoinChange> Coins => _coins;

    /// <param name="Transfers">From one holder to another, pending ones once they are posted.</param>
    /// <param name="Trades">Purchases and sales.</param>
    /// <param name="Rly">Paid for them.</param>
    /// <param name="Holders">Accounts that came to hold something, less those that no longer do.</param>
    public readonly record struct CoinChange(long Transfers, long Trades, Amount Rly, long Holders);

    /// <summary>Adds the next entry.</summary>
    public void Add(JournalEntry entry, Coin coin)
    {
        var order = entry.Order;
        var change = _coins.GetValueOrDefault(coin.Symbol);
        if (order.Kind is TransferKind.Transfer or TransferKind.Post)
            change = change with { Transfers = change.Transfers + 1 };
        if (order.Debit.Holder is not null && entry.DebitBalance == Amount.Zero)
            change = change with { Holders = change.Holders - 1 };
        if (order.Credit.Holder is not null && entry.CreditBalance == order.Amount)
            change = change with { Holders = change.Holders + 1 };
        if (Trade.Of(entry, coin) is { } trade)
        {
            change = change with { Trades = change.Trades + 1, Rly = Volume.Add(change.Rly, trade.Rly) };
            var start = Hour(entry.PostedAt);
            var candle = Candle.Of(start, trade);
            _candles[(coin.Symbol, start)] = _candles.TryGetValue((coin.Symbol, start), out var before) ? before.Then(candle) : candle;
        }

        _coins[coin.Symbol] = change;
    }

    /// <summary>The hour that a moment is in.</summary>
    public static DateTimeOffset Hour(DateTimeOffset moment) => new(moment.UtcTicks - (moment.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);
}
