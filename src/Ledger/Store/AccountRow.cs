using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Store;

/// <summary>An account and its figures, as stored.</summary>
internal sealed class AccountRow
{
    public const string Select = """
        SELECT a.id, a.holder, a.coin, a.kind, b.balance, b.flow_used, b.flow_at, b.bought_at
        FROM ledger_account a
        JOIN ledger_balance b ON b.account = a.id
        """;

    public long Id { get; init; }

    public Guid? Holder { get; init; }

    public string Coin { get; init; } = "";

    public string Kind { get; init; } = "";

    public long Balance { get; init; }

    public long FlowUsed { get; init; }

    public long FlowAt { get; init; }

    public long BoughtAt { get; init; }

    public Account ToAccount() => Account.Load(
        new AccountKey(Holder, Coin, Kind), Id, new AccountFigures(new Amount(Balance), new Amount(FlowUsed), FlowAt, BoughtAt));
}
