using System.Runtime.InteropServices;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Escrow;
using Rally.Ledger.Trades;

namespace Rally.Ledger.Journal;

/// <summary>
/// Applies commands one by one, in memory, on top of what the writer knows. Closed, it is what the writer knows, and is
/// written in one transaction; should that fail, the writer forgets all it knew.
/// </summary>
internal sealed class Batch
{
    private readonly LedgerState _state;
    private readonly JournalEnds _before;
    private readonly Found _found;
    private readonly List<(long After, CoinStatusChanged Change)> _statusChanges = [];
    private readonly HashSet<AccountKey> _askedSince = [];
    private readonly Dictionary<Guid, JournalEntry> _posted = [];
    private readonly List<JournalEntry> _entries = [];
    private readonly List<(Account Debit, Account Credit)> _sides = [];
    private readonly List<Account> _touched = [];
    private readonly Dictionary<string, (Coin Coin, bool IsNew)> _coins = [];
    private readonly Dictionary<Guid, (Hold Hold, bool IsNew)> _holds = [];
    private readonly List<(Account Account, AccountFigures Before)> _undo = [];
    private AccountChange[] _changes = [];
    private (long Debit, long Credit)[] _closedSides = [];

    public Batch(LedgerState state, Found found, DateTimeOffset now, int commands = 0)
    {
        // Most commands make one entry: no growing and copying on the way there.
        _posted.EnsureCapacity(commands);
        _entries.EnsureCapacity(commands);
        _sides.EnsureCapacity(commands);
        (_state, _before, _found) = (state, state.Ends, found);
        // As precise as it is stored, so that a repeat's answer is the first one; and never back in time along the log.
        var stored = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());
        Now = stored > _before.LastPostedAt ? stored : _before.LastPostedAt;
        CoinRevision = _before.CoinRevision;
    }

    /// <summary>The time of all its entries.</summary>
    public DateTimeOffset Now { get; }

    /// <summary>Where the log ended when it was opened.</summary>
    public JournalEnds Before => _before;

    public long LastPosition => _before.LastPosition + _entries.Count;

    /// <summary>Counts the changes of coins.</summary>
    public long CoinRevision { get; private set; }

    /// <summary>New rows of the log, in order.</summary>
    public IReadOnlyList<JournalEntry> Entries => _entries;

    /// <summary>The rows of the accounts of <see cref="Entries"/>, index by index, once it is closed.</summary>
    public IReadOnlyList<(long Debit, long Credit)> Sides => _closedSides;

    /// <summary>
    /// What it leaves on the accounts with an entry in it, in the order of their rows, once it is closed. Copied, for while that
    /// is written the next batch goes on with the accounts.
    /// </summary>
    public ReadOnlySpan<AccountChange> Changes => _changes;

    public bool IsClosed { get; private set; }

    public IReadOnlyCollection<(Coin Coin, bool IsNew)> Coins => _coins.Values;

    public IReadOnlyCollection<(Hold Hold, bool IsNew)> Holds => _holds.Values;

    /// <summary>Coins that were suspended or go on again, each with the position that the log had come to.</summary>
    public IReadOnlyList<(long After, CoinStatusChanged Change)> StatusChanges => _statusChanges;

    public bool HasChanges => _entries.Count > 0 || _coins.Count > 0;

    public Coin? FindCoin(string symbol) => _coins.TryGetValue(symbol, out var saved) ? saved.Coin : _state.Coins.GetValueOrDefault(symbol);

    public Hold? FindHold(Guid id) => _holds.TryGetValue(id, out var saved) ? saved.Hold : _found.Holds.GetValueOrDefault(id);

    public JournalEntry? FindEntry(Guid id) => _posted.GetValueOrDefault(id) ?? _found.Entries.GetValueOrDefault(id);

    /// <summary>Whether the entry behind this one was linked with it.</summary>
    public bool IsContinued(JournalEntry entry)
    {
        var next = entry.Position - _before.LastPosition;
        // In this batch, or the last one in front of it, which ended a command.
        return next >= 0 ? next < _entries.Count && _entries[(int)next].Link > 0 : _found.Continued.Contains(entry.Order.Id);
    }

    /// <summary>The entries of the command that began with <paramref name="first"/>.</summary>
    public IReadOnlyList<JournalEntry> CommandOf(JournalEntry first)
    {
        var all = new List<JournalEntry> { first };
        // Anybody can work these ids out and post something else with the next of them.
        while (FindEntry(DerivedId.Of(first.Order.Id, all.Count)) is { } next && next.Link == all.Count && next.Position == first.Position + all.Count)
            all.Add(next);
        return all;
    }

    public Account Account(AccountKey key)
    {
        if (_state.Accounts.Find(key) is { } known)
            return known;
        // One that nobody asked for may well be in the store, with another balance.
        if (key.Holder is not null && !_found.Accounts.Contains(key) && !_askedSince.Contains(key))
            throw new InvalidOperationException($"A command looks at {key} and has not named it.");
        var added = new Account(key);
        _state.Accounts.Add(added);
        return added;
    }

    /// <summary>The store was asked for these accounts too; those there are of them are in the writer's state now.</summary>
    public void Found(IReadOnlySet<AccountKey> asked) => _askedSince.UnionWith(asked);

    public Amount BalanceOf(AccountKey key) => Account(key).Balance;

    /// <summary>Everything issued that is not locked.</summary>
    public Amount Circulating(string coin) => Amount.Zero - BalanceOf(AccountKey.Mint(coin)) - BalanceOf(AccountKey.Vesting(coin));

    /// <summary>Posts all of the orders, linked, or none.</summary>
    public PostResult Post(params ReadOnlySpan<TransferOrder> orders)
    {
        var first = _entries.Count;
        _undo.Clear();
        foreach (var order in orders)
        {
            if (((_entries.Count > first ? Taken(order) : null) ?? PostOne(order, _entries.Count - first)) is { } refusal)
            {
                Undo(first);
                return refusal;
            }
        }

        for (var i = first; i < _entries.Count; i++)
            _posted.Add(_entries[i].Order.Id, _entries[i]);
        return new PostResult.Posted(orders.Length == 1 ? [_entries[first]] : _entries[first..], Repeated: false);
    }

    public void Save(Coin coin)
    {
        CoinRevision++;
        _coins[coin.Symbol] = (coin, !_state.Coins.ContainsKey(coin.Symbol));
    }

    public void Tell(CoinStatusChanged change) => _statusChanges.Add((LastPosition, change));

    public void Save(Hold hold) => _holds[hold.Id] = (hold, !_found.Holds.ContainsKey(hold.Id));

    /// <summary>Gives a sender the allowance back that a hold had used.</summary>
    public void GiveBackAllowance(Hold hold, Amount amount)
    {
        var account = Account(AccountKey.Of(hold.Sender, hold.Coin));
        account.Current = Evolution.GivenBack(account.Current, FindCoin(hold.Coin)!, hold, amount, Circulating(hold.Coin), Now);
    }

    /// <summary>
    /// Ends it: new accounts get their rows, and what it did is what the writer knows, though the batch before may still be on
    /// its way to the store.
    /// </summary>
    /// <exception cref="InvalidOperationException">It would break a law; nothing may be written, and the writer's state is lost.</exception>
    public void Close()
    {
        // Some had only entries that were all undone.
        _touched.RemoveAll(account => !(account.IsTouched = account.Entries > 0));
        AssertLaws();
        var lastAccount = _before.LastAccountId;
        var ids = new long[_touched.Count];
        var accounts = new (Account Account, bool IsNew)[ids.Length];
        for (var i = 0; i < ids.Length; i++)
        {
            accounts[i] = (_touched[i], _touched[i].IsNew);
            if (accounts[i].IsNew)
                _touched[i].Id = ++lastAccount;
            ids[i] = _touched[i].Id;
        }

        Array.Sort(ids, accounts);
        _changes = new AccountChange[ids.Length];
        for (var i = 0; i < ids.Length; i++)
        {
            var (account, isNew) = accounts[i];
            account.Stored = account.Current;
            _changes[i] = new(ids[i], account, isNew, account.Stored);
        }

        _closedSides = new (long, long)[_sides.Count];
        for (var i = 0; i < _closedSides.Length; i++)
            _closedSides[i] = (_sides[i].Debit.Id, _sides[i].Credit.Id);
        foreach (var entry in _entries)
            _state.Ids.Add(entry.Order.Id);
        foreach (var (coin, _) in _coins.Values)
            _state.Coins[coin.Symbol] = coin;
        _state.Ends = new(LastPosition, _entries.Count > 0 ? Now : _before.LastPostedAt, lastAccount, CoinRevision);
        // What this leaves on them is not in the store yet, where the next batch may ask for what was dropped.
        _state.Accounts.Trim();
        foreach (var account in _touched)
            (account.IsTouched, account.Entries) = (false, 0);
        IsClosed = true;
    }

    /// <summary>The ledger's laws, checked before every batch is closed.</summary>
    /// <exception cref="InvalidOperationException">One is broken; nothing may be written.</exception>
    private void AssertLaws()
    {
        var sums = new Dictionary<string, Int128>();
        foreach (var account in _touched)
        {
            var change = (Int128)account.Current.Balance.MinorUnits - account.Stored.Balance.MinorUnits;
            CollectionsMarshal.GetValueRefOrAddDefault(sums, account.Key.Coin, out _) += change;
            if (account.Balance < Amount.Zero && !AccountKind.MayGoBelowZero(account.Key.Kind))
                throw new InvalidOperationException($"Ledger law broken: {account.Key} would be at {account.Balance}.");
            if (account.Key.Holder is null && BackingFault(account.Key) is { } unbacked)
                throw new InvalidOperationException($"Ledger law broken: {unbacked}");
        }

        foreach (var (coin, sum) in sums)
        {
            if (sum != 0)
                throw new InvalidOperationException($"Ledger law broken: a batch would change the sum of {coin} by {sum} minor units.");
        }

        for (var i = 0; i < _entries.Count; i++)
        {
            if (_entries[i].Position != _before.LastPosition + 1 + i)
                throw new InvalidOperationException($"Ledger law broken: position {_entries[i].Position} is out of order.");
        }
    }

    /// <summary>Of the coin whose mint or reserve this is.</summary>
    private string? BackingFault(AccountKey key)
    {
        if ((key.Kind == AccountKind.Mint ? key.Coin : AccountKind.CoinOfReserve(key.Kind)) is not { } symbol)
            return null;
        return FindCoin(symbol) is { } coin
            ? Market.BackingFault(coin, Amount.Zero - BalanceOf(AccountKey.Mint(symbol)), BalanceOf(AccountKey.Reserve(symbol)))
            : $"there is no coin {symbol} to back.";
    }

    // The first order's id is the command's own, which it has looked up. The others' may follow from it: whoever has worked one
    // out and used it must not make the store refuse the whole batch.
    private PostResult.IdConflict? Taken(TransferOrder order) => FindEntry(order.Id) is null ? null : new(order.Id);

    private PostResult.Refused? PostOne(TransferOrder order, int link)
    {
        if (order.Debit == order.Credit)
            return new PostResult.SameAccount();
        if (FindCoin(order.Coin) is not { } coin)
            return new PostResult.UnknownCoin(order.Coin);
        if (coin.IsSuspended && order.Kind is not (TransferKind.Void or TransferKind.Expire))
            return new PostResult.CoinSuspended(coin.Symbol);
        var debit = Account(order.Debit);
        if (debit.Balance < order.Amount && !AccountKind.MayGoBelowZero(order.Debit.Kind))
            return new PostResult.InsufficientFunds(debit.Balance, order.Coin);
        var credit = Account(order.Credit);
        if (debit.Balance.MinorUnits < long.MinValue + order.Amount.MinorUnits
            || credit.Balance.MinorUnits > long.MaxValue - order.Amount.MinorUnits)
            return new PostResult.BalanceOverflow();
        if (OverAllowance(order, coin) is { } refusal)
            return refusal;
        Append(order, link, coin, debit, credit);
        return null;
    }

    private PostResult.OverAllowance? OverAllowance(TransferOrder order, Coin coin)
    {
        if (!Evolution.UsesAllowance(order, coin))
            return null;
        var remaining = FlowControl.Remaining(Account(order.Debit).Current, FlowControl.Limit(coin.Terms, Circulating(coin.Symbol)), Now);
        return order.Amount > remaining ? new PostResult.OverAllowance(remaining) : null;
    }

    private void Append(TransferOrder order, int link, Coin coin, Account debit, Account credit)
    {
        Touch(debit);
        Touch(credit);
        var circulating = coin.Terms.FlowBasisPoints > 0 ? Circulating(coin.Symbol) : Amount.Zero;
        (debit.Current, credit.Current) = Evolution.After(order, coin, debit.Current, credit.Current, circulating, Now);
        _entries.Add(new(LastPosition + 1, order, link, Now, debit.Balance, credit.Balance));
        _sides.Add((debit, credit));
    }

    private void Touch(Account account)
    {
        _undo.Add((account, account.Current));
        account.Entries++;
        if (account.IsTouched)
            return;
        account.IsTouched = true;
        _touched.Add(account);
    }

    private void Undo(int firstEntry)
    {
        for (var i = _undo.Count - 1; i >= 0; i--)
        {
            _undo[i].Account.Current = _undo[i].Before;
            _undo[i].Account.Entries--;
        }

        _entries.RemoveRange(firstEntry, _entries.Count - firstEntry);
        _sides.RemoveRange(firstEntry, _sides.Count - firstEntry);
    }
}
