using Rally.Ledger.Coins;

namespace Rally.Ledger.Journal;

/// <summary>What a batch's commands will look at and the writer does not know yet; loaded in one go before they are applied.</summary>
internal sealed class Needs(LedgerState state)
{
    private readonly HashSet<AccountKey> _accounts = [];
    private readonly HashSet<Guid> _entries = [];
    private readonly HashSet<Guid> _holds = [];

    /// <summary>What the writer knew when these were named.</summary>
    public LedgerState State => state;

    public IReadOnlySet<AccountKey> Accounts => _accounts;

    public IReadOnlyCollection<Guid> Entries => _entries;

    public IReadOnlyCollection<Guid> Holds => _holds;

    /// <summary>Whether they are accounts at most, and not entries or holds.</summary>
    public bool AreAccounts => _entries.Count == 0 && _holds.Count == 0;

    public Coin? FindCoin(string symbol) => state.Coins.GetValueOrDefault(symbol);

    public void Account(AccountKey key)
    {
        if (key.Holder is not null && state.Accounts.Find(key) is null)
            _accounts.Add(key);
    }

    /// <summary>The entry with this id, should there be one.</summary>
    public void Entry(Guid id)
    {
        if (state.Ids.MayBeStored(id))
            _entries.Add(id);
    }

    /// <summary>A hold, and whose coins it moves.</summary>
    public void Hold(Guid id) => _holds.Add(id);
}
