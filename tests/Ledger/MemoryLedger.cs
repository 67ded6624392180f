using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Escrow;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Tests;

/// <summary>A ledger without a store: each command is a batch of its own, and the log is kept and added up here.</summary>
internal sealed class MemoryLedger
{
    private readonly LedgerState _state = new(default, new RecentIds(Guid.Empty), new AccountCache(1_000_000), new() { ["RLY"] = Rly });
    private readonly Dictionary<Guid, JournalEntry> _entries = [];
    private readonly Dictionary<Guid, Hold> _holds = [];
    private readonly Dictionary<AccountKey, long> _balances = [];
    private long _lastId;

    public DateTimeOffset Now { get; set; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public IEnumerable<JournalEntry> Log => _entries.Values.OrderBy(entry => entry.Position);

    /// <summary>What the log comes to.</summary>
    public IReadOnlyDictionary<AccountKey, long> Balances => _balances;

    private static Coin Rly => new("RLY", "Rally", Guid.Empty, Amount.Zero, DateTimeOffset.UnixEpoch) { Curve = CoinCurve.Base };

    /// <summary>Version 7, always another.</summary>
    public Guid NewId() => new((int)(++_lastId >> 16), (short)_lastId, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0);

    public Coin Coin(string symbol) => _state.Coins[symbol];

    public long Balance(AccountKey key) => _balances.GetValueOrDefault(key);

    public Amount Sold(string symbol) => new(-Balance(AccountKey.Mint(symbol)) - Coin(symbol).Terms.Genesis.MinorUnits);

    public long Circulating(string symbol) => -Balance(AccountKey.Mint(symbol)) - Balance(AccountKey.Vesting(symbol));

    public PostResult Apply(LedgerCommand command)
    {
        var needs = new Needs(_state);
        command.Name(needs);
        foreach (var hold in needs.Holds.Where(_holds.ContainsKey).Select(id => _holds[id]).ToList())
        {
            needs.Account(AccountKey.Of(hold.Sender, hold.Coin));
            needs.Account(AccountKey.Of(hold.Receiver, hold.Coin));
        }

        var batch = new Batch(_state, new Found(_entries, new HashSet<Guid>(), _holds, needs.Accounts), Now);
        var result = command.Apply(batch);
        batch.Close();
        foreach (var entry in batch.Entries)
        {
            _entries.Add(entry.Order.Id, entry);
            _balances[entry.Order.Debit] = Balance(entry.Order.Debit) - entry.Order.Amount.MinorUnits;
            _balances[entry.Order.Credit] = Balance(entry.Order.Credit) + entry.Order.Amount.MinorUnits;
        }

        foreach (var (hold, _) in batch.Holds)
            _holds[hold.Id] = hold;
        return result;
    }

    public void Issue(Guid to, Amount amount) =>
        Apply(new PostCommand(new TransferOrder(NewId(), AccountKey.Bridge, AccountKey.Of(to, CoinSymbol.Rly), amount, TransferKind.Issue)));

    public void Launch(string symbol, string curve, Guid creator, CoinTerms terms) =>
        Apply(new LaunchCommand(NewId(), new Coin(symbol, symbol, creator, Amount.Zero, Now) { Curve = curve, Terms = terms }));

    public PostResult Send(Guid from, Guid to, string coin, Amount amount) => Apply(new PostCommand(
        new TransferOrder(NewId(), AccountKey.Of(from, coin), AccountKey.Of(to, coin), amount, TransferKind.Transfer)));
}
