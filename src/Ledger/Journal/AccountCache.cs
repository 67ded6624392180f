namespace Rally.Ledger.Journal;

/// <summary>
/// The accounts used last, at most <paramref name="capacity"/> of them between batches, or those of the last one. When there are too many, a hand goes
/// round: who was used since it last came by stays, who was not goes. System accounts, a few for each coin, stay.
/// </summary>
internal sealed class AccountCache(int capacity)
{
    // Without the keys, which the accounts have: half of the memory to look through.
    private readonly HashSet<Account>.AlternateLookup<AccountKey> _all = new HashSet<Account>(new ByKey()).GetAlternateLookup<AccountKey>();
    private readonly List<Account> _round = [];
    private int _hand;

    public Account? Find(AccountKey key)
    {
        if (!_all.TryGetValue(key, out var account))
            return null;
        account.WasUsed = true;
        return account;
    }

    public void Add(Account account)
    {
        if (!_all.Set.Add(account))
            throw new ArgumentException($"{account.Key} is known.", nameof(account));
        account.WasUsed = true;
        if (account.Key.Holder is not null)
            _round.Add(account);
    }

    /// <summary>
    /// Drops what is too much, but none that are touched; between batches only, since a batch counts on what it has found.
    /// </summary>
    public void Trim()
    {
        // Twice round: each may have been used.
        for (var looks = 2 * _round.Count; looks > 0 && _round.Count > capacity; looks--)
        {
            if (_hand >= _round.Count)
                _hand = 0;
            var account = _round[_hand];
            if (account.WasUsed || account.IsTouched)
            {
                account.WasUsed = false;
                _hand++;
                continue;
            }

            // The last takes its place; the order does not matter.
            _round[_hand] = _round[^1];
            _round.RemoveAt(_round.Count - 1);
            _all.Set.Remove(account);
        }
    }

    private sealed class ByKey : IEqualityComparer<Account>, IAlternateEqualityComparer<AccountKey, Account>
    {
        public bool Equals(Account? x, Account? y) => x!.Key == y!.Key;

        public int GetHashCode(Account account) => account.Key.GetHashCode();

        public bool Equals(AccountKey key, Account account) => account.Key == key;

        public int GetHashCode(AccountKey key) => key.GetHashCode();

        public Account Create(AccountKey key) => new(key);
    }
}
