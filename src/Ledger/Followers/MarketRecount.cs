using System.Runtime.InteropServices;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Curves;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Followers;

/// <summary>
/// What <see cref="FollowerCheck"/> comes to, from balances that it adds up itself. It keeps a number for each account and a
/// row for each hour with trades.
/// </summary>
internal sealed class MarketRecount(IReadOnlyDictionary<string, Coin> coins)
{
    private const long HourMilliseconds = 3_600_000;

    private readonly Dictionary<AccountKey, long> _balances = [];
    private readonly Dictionary<string, Total> _coins = [];
    private readonly Dictionary<(string Coin, long Start), Hour> _hours = [];

    public void Add(JournalEntry entry)
    {
        var order = entry.Order;
        CollectionsMarshal.GetValueRefOrAddDefault(_balances, order.Debit, out _) -= order.Amount.MinorUnits;
        CollectionsMarshal.GetValueRefOrAddDefault(_balances, order.Credit, out _) += order.Amount.MinorUnits;
        if (order.Kind is TransferKind.Transfer or TransferKind.Post)
            CollectionsMarshal.GetValueRefOrAddDefault(_coins, order.Coin, out _).Transfers++;
        if (order.Kind is not (TransferKind.Buy or TransferKind.Sell or TransferKind.Fee))
            return;
        var start = entry.PostedAt.ToUnixTimeMilliseconds() / HourMilliseconds * HourMilliseconds;
        if ((AccountKind.CoinOfReserve(order.Debit.Kind) ?? AccountKind.CoinOfReserve(order.Credit.Kind)) is { } backed)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_hours, (backed, start), out _).Rly += (ulong)order.Amount.MinorUnits;
            CollectionsMarshal.GetValueRefOrAddDefault(_coins, backed, out _).Rly += (ulong)order.Amount.MinorUnits;
        }
        else if (Curve.Named(coins[order.Coin].Curve) is { } curve)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_hours, (order.Coin, start), out _)
                .Trade(curve.Price(Sold(order.Coin)).MinorUnits, order.Amount.MinorUnits);
            CollectionsMarshal.GetValueRefOrAddDefault(_coins, order.Coin, out _).Trades++;
        }
    }

    /// <summary>Every coin's figures.</summary>
    public IEnumerable<FollowerCheck.Stats> Stats()
    {
        var holders = new Dictionary<string, long>();
        foreach (var (account, balance) in _balances)
        {
            if (account.Holder is not null && balance > 0)
                CollectionsMarshal.GetValueRefOrAddDefault(holders, account.Coin, out _)++;
        }

        return coins.Keys.Select(coin => (Coin: coin, Total: _coins.GetValueOrDefault(coin))).Select(one => new FollowerCheck.Stats(
            one.Coin, one.Total.Transfers, one.Total.Trades, Bounded(one.Total.Rly), holders.GetValueOrDefault(one.Coin)));
    }

    public IEnumerable<FollowerCheck.CandleRow> Candles() => _hours.Select(row => new FollowerCheck.CandleRow(
        row.Key.Coin, row.Key.Start, row.Value.Open, row.Value.High, row.Value.Low, row.Value.Close,
        Bounded(row.Value.Coins), Bounded(row.Value.Rly), row.Value.Trades));

    private Amount Sold(string coin) => new Amount(-_balances.GetValueOrDefault(AccountKey.Mint(coin))) - coins[coin].Terms.Genesis;

    private static long Bounded(UInt128 sum) => sum > (UInt128)long.MaxValue ? long.MaxValue : (long)sum;

    /// <summary>Of a coin.</summary>
    private struct Total
    {
        public long Transfers;
        public long Trades;
        public UInt128 Rly;
    }

    /// <summary>What was traded of a coin in an hour, at which prices.</summary>
    private struct Hour
    {
        public long Open;
        public long High;
        public long Low;
        public long Close;
        public long Trades;
        public UInt128 Coins;
        public UInt128 Rly;

        public void Trade(long price, long coins)
        {
            if (Trades++ == 0)
                (Open, High, Low) = (price, price, price);
            (High, Low, Close) = (Math.Max(High, price), Math.Min(Low, price), price);
            Coins += (ulong)coins;
        }
    }
}
