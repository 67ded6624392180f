namespace Rally.Ledger.Journal;

/// <summary>
/// The accounts used last, at most <paramref name="capacity"/> of them: two generations, of which the elder is dropped when
/// the younger is full. System accounts, a few for each coin, stay.
/// </summary>
internal sealed class AccountCache(int capacity)
{
    private readonly Dictionary<AccountKey, Account> _system = [];
    private Dictionary<AccountKey, Account> _older = [];
    private Dictionary<AccountKey, Account> _newer = [];

    public Account? Find(AccountKey key)
    {
        if (key.Holder is null)
            return _system.GetValueOrDefault(key);
        if (_newer.TryGetValue(key, out var account))
            return account;
        if (_older.Remove(key, out account))
            _newer.Add(key, account);
        return account;
    }

    public void Add(Account account) => (account.Key.Holder is null ? _system : _newer).Add(account.Key, account);

    /// <summary>Drops what is too much; between batches only, since a batch counts on what it has found.</summary>
    public void Trim()
    {
        if (_newer.Count < capacity / 2)
            return;
        (_older, _newer) = (_newer, _older);
        _newer.Clear();
    }
}
