using System.Runtime.InteropServices;
using System.Text.Json;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Escrow;
using Rally.Ledger.Trades;

namespace Rally.Ledger.Journal;

/// <summary>
/// The log, added up from nothing, entry by entry: positions without gaps, time that does not run back, commands that are
/// whole, entries that some command posts, balances as the log tells them, none below zero that may not be, pending
/// transfers that come to what was held, and each curve's reserve to the last unit. On the way it comes to all that the
/// store keeps beside the log: accounts with their limits, and open pending transfers. Memory grows with these, not with
/// the log.
/// </summary>
internal sealed class JournalReplay
{
    private readonly Dictionary<AccountKey, Numbered> _accounts = [];
    private readonly Dictionary<string, Coin> _coins;
    private readonly HashSet<string> _backed = [];
    private int _link = -1;

    public JournalReplay(IEnumerable<Coin> coins)
    {
        _coins = coins.ToDictionary(coin => coin.Symbol);
        Holds = new HoldReplay();
    }

    /// <summary>Goes on behind an entry that ended a command, with the accounts and pending transfers as of then.</summary>
    public JournalReplay(
        IEnumerable<Coin> coins, long position, DateTimeOffset postedAt, IReadOnlyDictionary<AccountKey, Numbered> accounts, HoldReplay holds)
        : this(coins)
    {
        (LastPosition, LastPostedAt, Holds) = (position, postedAt, holds);
        foreach (var (key, account) in accounts)
            _accounts.Add(key, account);
    }

    /// <param name="Number">From 1, in the order in which the log first names them.</param>
    /// <param name="Figures">After the last entry.</param>
    public readonly record struct Numbered(long Number, AccountFigures Figures);

    /// <summary>The last entry added.</summary>
    public long LastPosition { get; private set; }

    /// <summary>Its time.</summary>
    public DateTimeOffset LastPostedAt { get; private set; } = DateTimeOffset.MinValue;

    public IReadOnlyDictionary<AccountKey, Numbered> Accounts => _accounts;

    public HoldReplay Holds { get; }

    /// <summary>All RLY that there may be.</summary>
    public Amount MostRly { get; set; } = IssueRly.Most;

    public Coin? FindCoin(string symbol) => _coins.GetValueOrDefault(symbol);

    public AccountFigures? FiguresOf(AccountKey key) => _accounts.TryGetValue(key, out var account) ? account.Figures : null;

    /// <summary>Adds a coin that was launched behind the last entry, where they are not all told at the beginning.</summary>
    /// <returns>False when there is a coin with this symbol.</returns>
    public bool Launch(Coin coin) => _coins.TryAdd(coin.Symbol, coin);

    /// <summary>Adds the next entry.</summary>
    /// <returns>What is wrong with it, in words; null when it is right.</returns>
    public string? Add(JournalEntry entry)
    {
        if (entry.Position != LastPosition + 1)
            return $"The log goes from position {LastPosition} to {entry.Position}.";
        if (entry.Link == 0 && EndCommand() is { } unfinished)
            return unfinished;
        if (Fault(entry) is { } fault)
            return $"Position {entry.Position}: {fault}";
        (LastPosition, LastPostedAt, _link) = (entry.Position, entry.PostedAt, entry.Link);
        return null;
    }

    /// <summary>Looks at what a command must leave right as a whole: within a trade the coin has moved and the RLY has not, or the other way round.</summary>
    public string? EndCommand()
    {
        if (Holds.EndCommand() is { } left)
            return $"Position {LastPosition}: {left}";
        foreach (var symbol in _backed)
        {
            if (BackingFault(symbol) is { } fault)
                return $"Position {LastPosition}: {fault}";
        }

        _backed.Clear();
        return null;
    }

    /// <summary>Looks at what can be told only once the last entry is added.</summary>
    public string? End() => EndCommand() ?? _coins.Keys.Select(BackingFault).FirstOrDefault(fault => fault is not null) ?? SumFault();

    private string? Fault(JournalEntry entry)
    {
        var order = entry.Order;
        if (entry.PostedAt < LastPostedAt)
            return "it was posted before the one in front of it.";
        if (entry.Link != 0 && entry.Link != _link + 1)
            return $"it is link {entry.Link} of a command, after link {_link}.";
        if (!_coins.TryGetValue(order.Coin, out var coin))
            return $"there is no coin {order.Coin}.";
        if (order.Debit == order.Credit)
            return $"{order.Amount} moved from {order.Debit} to itself.";
        var (debit, credit) = (Figures(order.Debit), Figures(order.Credit));
        var (debitLeft, creditLeft) = (
            (Int128)debit.Balance.MinorUnits - order.Amount.MinorUnits, (Int128)credit.Balance.MinorUnits + order.Amount.MinorUnits);
        if (debitLeft != entry.DebitBalance.MinorUnits || creditLeft != entry.CreditBalance.MinorUnits)
        {
            return $"it says {entry.DebitBalance} and {entry.CreditBalance} were left on {order.Debit} and {order.Credit}, " +
                $"the log before it comes to {debitLeft} and {creditLeft} minor units.";
        }

        return Post(entry, coin, debit, credit);
    }

    private string? Post(JournalEntry entry, Coin coin, AccountFigures debit, AccountFigures credit)
    {
        var order = entry.Order;
        try
        {
            if (EntryRules.Fault(entry, coin, MostRly, _coins.GetValueOrDefault) is { } impossible)
                return impossible;
            if (entry.DebitBalance < Amount.Zero && !AccountKind.MayGoBelowZero(order.Debit.Kind))
                return $"{order.Debit} went below zero.";
            var circulating = coin.Terms.FlowBasisPoints > 0 ? Circulating(coin.Symbol) : Amount.Zero;
            (debit, credit) = Evolution.After(order, coin, debit, credit, circulating, entry.PostedAt);
            if (Holds.Add(entry, out var givenBack) is { } unfit)
                return unfit;
            if (givenBack is not null)
                credit = Evolution.GivenBack(credit, coin, givenBack, order.Amount, circulating, entry.PostedAt);
        }
        catch (Exception unreadable) when (unreadable is JsonException or ArgumentException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            return "its details cannot be read.";
        }
        catch (OverflowException)
        {
            return "it makes more than fits.";
        }

        Set(order.Debit, debit);
        Set(order.Credit, credit);
        NoteBacking(order.Debit);
        NoteBacking(order.Credit);
        return null;
    }

    private void NoteBacking(AccountKey account)
    {
        if ((account.Kind == AccountKind.Mint ? account.Coin : AccountKind.CoinOfReserve(account.Kind)) is { } coin)
            _backed.Add(coin);
    }

    private string? BackingFault(string symbol)
    {
        var mint = Figures(AccountKey.Mint(symbol)).Balance;
        return mint.MinorUnits < -long.MaxValue / 2
            ? $"its mint has issued more of {symbol} than any coin has."
            : Market.BackingFault(_coins[symbol], Amount.Zero - mint, Figures(AccountKey.Reserve(symbol)).Balance);
    }

    private string? SumFault()
    {
        var sums = new Dictionary<string, Int128>();
        foreach (var (key, account) in _accounts)
            CollectionsMarshal.GetValueRefOrAddDefault(sums, key.Coin, out _) += account.Figures.Balance.MinorUnits;
        return sums.Where(coin => coin.Value != 0)
            .Select(coin => $"All accounts of {coin.Key} come to {coin.Value} minor units instead of zero.").FirstOrDefault();
    }

    private Amount Circulating(string coin) =>
        Amount.Zero - Figures(AccountKey.Mint(coin)).Balance - Figures(AccountKey.Vesting(coin)).Balance;

    private AccountFigures Figures(AccountKey key) => _accounts.TryGetValue(key, out var account) ? account.Figures : default;

    private void Set(AccountKey key, AccountFigures figures)
    {
        ref var account = ref CollectionsMarshal.GetValueRefOrAddDefault(_accounts, key, out var known);
        account = new(known ? account.Number : _accounts.Count, figures);
    }
}
