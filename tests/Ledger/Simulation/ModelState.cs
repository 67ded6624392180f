using System.Collections.Immutable;
using Rally.Ledger.Coins;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Tests.Simulation;

internal sealed record ModelEntry(
    long Position, Guid Id, AccountKey Debit, AccountKey Credit, long Amount, string Kind, long Link, long PostedAt,
    long DebitBalance, long CreditBalance, string Note, string Reference, string? Details)
{
    public static ModelEntry Of(JournalEntry entry) => new(
        entry.Position, entry.Order.Id, entry.Order.Debit, entry.Order.Credit, entry.Order.Amount.MinorUnits, entry.Order.Kind, entry.Link,
        entry.PostedAt.ToUnixTimeMilliseconds(), entry.DebitBalance.MinorUnits, entry.CreditBalance.MinorUnits, entry.Order.Note,
        entry.Order.Reference, entry.Order.Details);
}

internal sealed record ModelAccount(long Balance, long FlowUsed, long FlowAt, long BoughtAt)
{
    public static readonly ModelAccount Empty = new(0, 0, 0, 0);
}

internal sealed record ModelHold(
    Guid Id, long Position, Guid Sender, Guid Receiver, string Coin, long Amount, long HeldAt, long ExpiresAt, string State, long? ResolvedPosition);

internal sealed record ModelCoin(
    string Symbol, string Name, Guid Creator, string Curve, long Supply, CoinTerms Terms, bool Suspended, long LaunchedAfter, long LaunchedAt)
{
    public static ModelCoin Of(Coin coin) => new(
        coin.Symbol, coin.Name, coin.Creator, coin.Curve, coin.Supply.MinorUnits, coin.Terms, coin.IsSuspended, coin.LaunchedAfter,
        coin.LaunchedAt.ToUnixTimeMilliseconds());
}

/// <summary>All there is in a ledger. It is never changed but made anew, so that a model can go on from an earlier one.</summary>
internal sealed record ModelState(
    ImmutableList<ModelEntry> Log,
    ImmutableDictionary<Guid, long> Positions,
    ImmutableDictionary<AccountKey, ModelAccount> Accounts,
    ImmutableDictionary<Guid, ModelHold> Holds,
    ImmutableDictionary<string, ModelCoin> Coins)
{
    public static readonly ModelState Empty = new(
        [], ImmutableDictionary<Guid, long>.Empty, ImmutableDictionary<AccountKey, ModelAccount>.Empty,
        ImmutableDictionary<Guid, ModelHold>.Empty,
        ImmutableDictionary<string, ModelCoin>.Empty.Add("RLY", new("RLY", "Rally", Guid.Empty, "base", 0, CoinTerms.None, false, 0, 0)));

    public long LastPostedAt => Log.IsEmpty ? 0 : Log[^1].PostedAt;

    public ModelAccount Account(AccountKey key) => Accounts.GetValueOrDefault(key, ModelAccount.Empty);

    public long Balance(AccountKey key) => Account(key).Balance;

    public long Circulating(string coin) => -Balance(AccountKey.Mint(coin)) - Balance(AccountKey.Vesting(coin));

    public ModelEntry? Find(Guid id) => Positions.TryGetValue(id, out var position) ? Log[(int)position - 1] : null;

    /// <summary>The entry and those linked to it.</summary>
    public IReadOnlyList<ModelEntry> CommandOf(ModelEntry first)
    {
        var all = new List<ModelEntry> { first };
        while (first.Position - 1 + all.Count < Log.Count && Log[(int)first.Position - 1 + all.Count] is var next && next.Link == first.Link + all.Count)
            all.Add(next);
        return all;
    }

    /// <summary>The first thing in which the two differ, in words; null when there is none.</summary>
    public string? Difference(ModelState other) =>
        Difference("entry", Log.ToDictionary(entry => entry.Position), other.Log.ToDictionary(entry => entry.Position))
        ?? Difference("account", Accounts, other.Accounts)
        ?? Difference("hold", Holds, other.Holds)
        ?? Difference("coin", Coins, other.Coins);

    private static string? Difference<TKey, TValue>(string what, IReadOnlyDictionary<TKey, TValue> mine, IReadOnlyDictionary<TKey, TValue> theirs)
        where TKey : notnull
        where TValue : class
    {
        foreach (var (key, value) in mine)
        {
            if (!theirs.TryGetValue(key, out var other))
                return $"{what} {key} is missing: {value}";
            if (!value.Equals(other))
                return $"{what} {key} should be\n  {value}\nand is\n  {other}";
        }

        foreach (var (key, value) in theirs)
        {
            if (!mine.ContainsKey(key))
                return $"{what} {key} should not be there: {value}";
        }

        return null;
    }
}
