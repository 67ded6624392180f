using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;

namespace Rally.Ledger.Journal;

/// <summary>
/// Applies commands one by one, in memory, to what the store held. What it collects is then written in one
/// transaction, or forgotten; nothing outlives the batch.
/// </summary>
internal sealed class Batch
{
    private readonly Dictionary<AccountKey, Account> _accounts;
    private readonly Dictionary<Guid, JournalEntry> _posted;
    private readonly Dictionary<string, Coin> _coins;
    private readonly List<JournalEntry> _entries = [];
    private readonly List<Coin> _launched = [];
    private readonly HashSet<Account> _touched = [];
    private readonly DateTimeOffset _now;
    private readonly JournalState _start;
    private long _lastAccountId;

    public Batch(JournalState start, DateTimeOffset now)
    {
        _start = start;
        _accounts = start.Accounts.ToDictionary(account => account.Key);
        _posted = start.Entries.ToDictionary(entry => entry.Order.Id);
        _coins = start.Coins.ToDictionary(coin => coin.Symbol);
        _lastAccountId = start.LastAccountId;
        // As precise as it is stored, so that a repeat's answer is the first one; and never back in time along the log.
        var stored = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());
        _now = stored > start.LastPostedAt ? stored : start.LastPostedAt;
    }

    /// <summary>New rows of the log, in order.</summary>
    public IReadOnlyList<JournalEntry> Entries => _entries;

    public IReadOnlyList<Coin> Launched => _launched;

    /// <summary>Accounts with an entry in this batch; the new ones among them have no row yet.</summary>
    public IReadOnlyCollection<Account> Touched => _touched;

    public Account AccountOf(AccountKey key) => _accounts[key];

    public PostResult Apply(LedgerCommand command)
    {
        if (command.Launch is { } launch && _coins.TryGetValue(launch.Symbol, out var existing))
            return new PostResult.CoinExists(command.Orders[0].Id, existing);
        if (FirstAnswer(command.Orders) is { } answered)
            return answered;

        var issued = command.Launch is null ? null : Launch(command.Launch, command.Orders[0].Amount);
        var firstEntry = _entries.Count;
        foreach (var order in command.Orders)
        {
            if (Refusal(order) is not { } refusal)
            {
                Post(order);
                continue;
            }

            UndoFrom(firstEntry);
            if (issued is not null)
                _coins.Remove(issued.Symbol);
            return refusal;
        }

        if (issued is not null)
            _launched.Add(issued);
        foreach (var entry in _entries.Skip(firstEntry))
        {
            _posted.Add(entry.Order.Id, entry);
            _touched.Add(_accounts[entry.Order.Debit]);
            _touched.Add(_accounts[entry.Order.Credit]);
        }

        return new PostResult.Posted(_entries[firstEntry..], Repeated: false);
    }

    /// <summary>The ledger's laws, checked before every commit.</summary>
    /// <exception cref="InvalidOperationException">One is broken; nothing may be written.</exception>
    public void AssertLaws()
    {
        foreach (var coin in _touched.GroupBy(account => account.Key.Coin))
        {
            Int128 sum = 0;
            foreach (var account in coin)
                sum += (Int128)account.Balance.MinorUnits - account.Stored.MinorUnits;
            if (sum != 0)
                throw new InvalidOperationException($"Ledger law broken: a batch would change the sum of {coin.Key} by {sum} minor units.");
        }

        if (_touched.FirstOrDefault(account => account.Balance < Amount.Zero && !AccountKind.MayGoBelowZero(account.Key.Kind)) is { } below)
            throw new InvalidOperationException($"Ledger law broken: {below.Key} would be at {below.Balance}.");
        for (var i = 0; i < _entries.Count; i++)
        {
            if (_entries[i].Position != _start.LastPosition + 1 + i)
                throw new InvalidOperationException($"Ledger law broken: position {_entries[i].Position} is out of order.");
        }
    }

    private PostResult? FirstAnswer(IReadOnlyList<TransferOrder> orders)
    {
        var first = new List<JournalEntry>(orders.Count);
        foreach (var order in orders)
        {
            if (!_posted.TryGetValue(order.Id, out var entry))
                continue;
            if (entry.Order != order)
                return new PostResult.IdConflict(order.Id);
            first.Add(entry);
        }

        if (first.Count == 0)
            return null;
        return first.Count == orders.Count ? new PostResult.Posted(first, Repeated: true) : new PostResult.IdConflict(first[0].Order.Id);
    }

    private PostResult.Refused? Refusal(TransferOrder order)
    {
        if (order.Debit == order.Credit)
            return new PostResult.SameAccount(order.Id);
        if (!_coins.ContainsKey(order.Coin))
            return new PostResult.UnknownCoin(order.Id, order.Coin);
        var debit = Account(order.Debit);
        if (debit.Balance < order.Amount && !AccountKind.MayGoBelowZero(order.Debit.Kind))
            return new PostResult.InsufficientFunds(order.Id, debit.Balance);
        var fits = debit.Balance.MinorUnits >= long.MinValue + order.Amount.MinorUnits
            && Account(order.Credit).Balance.MinorUnits <= long.MaxValue - order.Amount.MinorUnits;
        return fits ? null : new PostResult.BalanceOverflow(order.Id);
    }

    private void Post(TransferOrder order)
    {
        var debit = Account(order.Debit);
        var credit = Account(order.Credit);
        debit.Balance -= order.Amount;
        credit.Balance += order.Amount;
        _entries.Add(new(_start.LastPosition + 1 + _entries.Count, order, _now, debit.Balance, credit.Balance));
    }

    private void UndoFrom(int firstEntry)
    {
        // Backwards, so that every balance on the way is one that was there before.
        foreach (var entry in _entries.Skip(firstEntry).Reverse())
        {
            _accounts[entry.Order.Debit].Balance += entry.Order.Amount;
            _accounts[entry.Order.Credit].Balance -= entry.Order.Amount;
        }

        _entries.RemoveRange(firstEntry, _entries.Count - firstEntry);
    }

    private Account Account(AccountKey key)
    {
        if (!_accounts.TryGetValue(key, out var account))
            _accounts.Add(key, account = new(key, ++_lastAccountId, stored: null));
        return account;
    }

    private Coin Launch(CoinLaunch launch, Amount supply)
    {
        var coin = new Coin(launch.Symbol, launch.Name, launch.Creator, supply, _now);
        _coins.Add(coin.Symbol, coin);
        return coin;
    }
}
