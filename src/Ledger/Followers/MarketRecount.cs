using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Curves;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Followers;

/// <summary>What <see cref="FollowerCheck"/> comes to: all trades of all hours, kept until the end, from balances that it adds up itself.</summary>
internal sealed class MarketRecount(IReadOnlyDictionary<string, Coin> coins)
{
    private const long Hour = 3_600_000;

    private readonly Dictionary<AccountKey, long> _balances = [];
    private readonly Dictionary<string, long> _transfers = [];
    private readonly Dictionary<(string Coin, long Start), (List<long> Prices, UInt128 Coins, UInt128 Rly)> _hours = [];

    public void Add(JournalEntry entry)
    {
        var order = entry.Order;
        _balances[order.Debit] = _balances.GetValueOrDefault(order.Debit) - order.Amount.MinorUnits;
        _balances[order.Credit] = _balances.GetValueOrDefault(order.Credit) + order.Amount.MinorUnits;
        if (order.Kind is TransferKind.Transfer or TransferKind.Post)
            _transfers[order.Coin] = _transfers.GetValueOrDefault(order.Coin) + 1;
        var start = entry.PostedAt.ToUnixTimeMilliseconds() / Hour * Hour;
        if (order.Kind is not (TransferKind.Buy or TransferKind.Sell or TransferKind.Fee))
            return;
        if ((AccountKind.CoinOfReserve(order.Debit.Kind) ?? AccountKind.CoinOfReserve(order.Credit.Kind)) is { } backed)
        {
            var paid = HourOf(backed, start);
            _hours[(backed, start)] = paid with { Rly = paid.Rly + (ulong)order.Amount.MinorUnits };
        }
        else if (Curve.Named(coins[order.Coin].Curve) is { } curve)
        {
            var traded = HourOf(order.Coin, start);
            traded.Prices.Add(curve.Price(Sold(order.Coin)).MinorUnits);
            _hours[(order.Coin, start)] = traded with { Coins = traded.Coins + (ulong)order.Amount.MinorUnits };
        }
    }

    public Amount BalanceOf(AccountKey account) => new(_balances.GetValueOrDefault(account));

    public FollowerCheck.Stats StatsOf(string coin)
    {
        var hours = _hours.Where(hour => hour.Key.Coin == coin).Select(hour => hour.Value).ToList();
        return new(
            coin,
            _transfers.GetValueOrDefault(coin),
            hours.Sum(hour => (long)hour.Prices.Count),
            Bounded(hours.Aggregate(UInt128.Zero, (sum, hour) => sum + hour.Rly)),
            _balances.LongCount(account => account.Key.Coin == coin && account.Key.Holder is not null && account.Value > 0));
    }

    public IEnumerable<FollowerCheck.CandleRow> Candles() => _hours.Select(hour => new FollowerCheck.CandleRow(
        hour.Key.Coin, hour.Key.Start, hour.Value.Prices[0], hour.Value.Prices.Max(), hour.Value.Prices.Min(), hour.Value.Prices[^1],
        Bounded(hour.Value.Coins), Bounded(hour.Value.Rly), hour.Value.Prices.Count));

    /// <returns>In words; null when every coin's reserve is what its curve comes to.</returns>
    public string? BackingFault() => coins.Values
        .Where(coin => Curve.Named(coin.Curve) is not null)
        .Select(coin => (coin.Symbol, There: BalanceOf(AccountKey.Reserve(coin.Symbol)), Due: Curve.Named(coin.Curve)!.Reserve(Sold(coin.Symbol))))
        .Where(coin => coin.There != coin.Due)
        .Select(coin => $"{coin.Symbol} is backed by {coin.There} RLY; its curve comes to {coin.Due}.")
        .FirstOrDefault();

    private Amount Sold(string coin) => Amount.Zero - BalanceOf(AccountKey.Mint(coin)) - coins[coin].Terms.Genesis;

    private (List<long> Prices, UInt128 Coins, UInt128 Rly) HourOf(string coin, long start) =>
        _hours.GetValueOrDefault((coin, start), ([], 0, 0));

    private static long Bounded(UInt128 sum) => sum > (UInt128)long.MaxValue ? long.MaxValue : (long)sum;
}
