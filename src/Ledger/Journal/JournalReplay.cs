using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Trades;

namespace Rally.Ledger.Journal;

/// <summary>
/// The log, added up from nothing, entry by entry: positions without gaps, time that does not run back, commands that are
/// whole, balances as the log tells them, none below zero that may not be, and each curve's reserve to the last unit.
/// </summary>
internal sealed class JournalReplay
{
    private readonly Dictionary<AccountKey, Amount> _balances = [];
    private readonly Dictionary<string, Coin> _coins;
    private readonly HashSet<string> _backed = [];
    private int _link = -1;

    public JournalReplay(IEnumerable<Coin> coins) => _coins = coins.ToDictionary(coin => coin.Symbol);

    /// <summary>Goes on behind an entry that ended a command, with the balances as of then.</summary>
    public JournalReplay(IEnumerable<Coin> coins, long position, DateTimeOffset postedAt, IReadOnlyDictionary<AccountKey, Amount> balances)
        : this(coins)
    {
        (LastPosition, LastPostedAt) = (position, postedAt);
        foreach (var (key, balance) in balances)
            _balances.Add(key, balance);
    }

    /// <summary>The last entry added.</summary>
    public long LastPosition { get; private set; }

    /// <summary>Its time.</summary>
    public DateTimeOffset LastPostedAt { get; private set; } = DateTimeOffset.MinValue;

    public int Accounts => _balances.Count;

    public IReadOnlyDictionary<AccountKey, Amount> Balances => _balances;

    public Amount? BalanceOf(AccountKey key) => _balances.TryGetValue(key, out var balance) ? balance : null;

    /// <summary>Adds a coin that was launched behind the last entry, where they are not all told at the beginning.</summary>
    /// <returns>False when there is a coin with this symbol.</returns>
    public bool Launch(Coin coin) => _coins.TryAdd(coin.Symbol, coin);

    /// <summary>Adds the next entry.</summary>
    /// <returns>What is wrong with it, in words; null when it is right.</returns>
    public string? Add(JournalEntry entry)
    {
        if (entry.Position != LastPosition + 1)
            return $"The log goes from position {LastPosition} to {entry.Position}.";
        if (entry.Link == 0 && EndCommand() is { } unbacked)
            return unbacked;
        if (Fault(entry) is { } fault)
            return $"Position {entry.Position}: {fault}";
        (LastPosition, LastPostedAt, _link) = (entry.Position, entry.PostedAt, entry.Link);
        return null;
    }

    /// <summary>Looks at what can be told only once the last entry is added.</summary>
    public string? End() => EndCommand() ?? SumFault();

    private string? Fault(JournalEntry entry)
    {
        var order = entry.Order;
        if (entry.PostedAt < LastPostedAt)
            return "it was posted before the one in front of it.";
        if (entry.Link != 0 && entry.Link != _link + 1)
            return $"it is link {entry.Link} of a command, after link {_link}.";
        if (!_coins.ContainsKey(order.Coin))
            return $"there is no coin {order.Coin}.";
        if (order.Debit == order.Credit)
            return $"{order.Amount} moved from {order.Debit} to itself.";
        var debit = (Int128)Balance(order.Debit) - order.Amount.MinorUnits;
        var credit = (Int128)Balance(order.Credit) + order.Amount.MinorUnits;
        if (debit != entry.DebitBalance.MinorUnits || credit != entry.CreditBalance.MinorUnits)
        {
            return $"it says {entry.DebitBalance} and {entry.CreditBalance} were left on {order.Debit} and {order.Credit}, " +
                $"the log before it comes to {debit} and {credit} minor units.";
        }

        if (debit < 0 && !AccountKind.MayGoBelowZero(order.Debit.Kind))
            return $"{order.Debit} went below zero.";
        (_balances[order.Debit], _balances[order.Credit]) = (entry.DebitBalance, entry.CreditBalance);
        NoteBacking(order.Debit);
        NoteBacking(order.Credit);
        return null;
    }

    /// <summary>
    /// Looks at what a command must leave right as a whole: the reserves. Within a trade the coin has moved and the RLY has
    /// not, or the other way round.
    /// </summary>
    public string? EndCommand()
    {
        foreach (var symbol in _backed)
        {
            if (!_coins.TryGetValue(symbol, out var coin))
                return $"Position {LastPosition}: there is a reserve for {symbol}, and no such coin.";
            if (Market.BackingFault(coin, new Amount(-Balance(AccountKey.Mint(symbol))), new Amount(Balance(AccountKey.Reserve(symbol)))) is { } fault)
                return $"Position {LastPosition}: {fault}";
        }

        _backed.Clear();
        return null;
    }

    private void NoteBacking(AccountKey account)
    {
        if ((account.Kind == AccountKind.Mint ? account.Coin : AccountKind.CoinOfReserve(account.Kind)) is { } coin)
            _backed.Add(coin);
    }

    private string? SumFault() => _balances
        .GroupBy(account => account.Key.Coin)
        .Select(coin => (coin.Key, Sum: coin.Aggregate(Int128.Zero, (sum, account) => sum + account.Value.MinorUnits)))
        .Where(coin => coin.Sum != 0)
        .Select(coin => $"All accounts of {coin.Key} come to {coin.Sum} minor units instead of zero.")
        .FirstOrDefault();

    private long Balance(AccountKey key) => _balances.GetValueOrDefault(key).MinorUnits;
}
