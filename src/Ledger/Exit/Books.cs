using System.Text.Json;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Escrow;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Exit;

/// <summary>
/// What the store keeps beside the log, worked out from the log again: accounts and their figures, and pending transfers.
/// It takes entries that <see cref="LogCheck"/> has found right.
/// </summary>
internal sealed class Books
{
    private readonly Dictionary<string, Coin> _coins = [];
    private readonly Dictionary<AccountKey, Account> _accounts = [];
    private readonly Dictionary<Guid, Hold> _open = [];
    private (Hold Hold, Amount Left)? _ending;

    /// <summary>In the order in which the log first names them; their rows are numbered so.</summary>
    public IReadOnlyCollection<Account> Accounts => _accounts.Values;

    /// <summary>Pending transfers that are not resolved yet.</summary>
    public IReadOnlyCollection<Hold> Open => _open.Values;

    /// <summary>The accounts of the entry that was added last.</summary>
    public Account? Debit { get; private set; }

    /// <inheritdoc cref="Debit"/>
    public Account? Credit { get; private set; }

    /// <summary>The pending transfer that this entry resolved; null when it resolved none.</summary>
    public Hold? Resolved { get; private set; }

    public void Add(Coin coin) => _coins.Add(coin.Symbol, coin);

    /// <returns>What is wrong with the entry, in words; null when it is right.</returns>
    public string? Add(JournalEntry entry)
    {
        Resolved = null;
        var order = entry.Order;
        if (entry.Link == 0 && End() is { } unresolved)
            return unresolved;
        try
        {
            var coin = _coins[order.Coin];
            (Debit, Credit) = (AccountOf(order.Debit), AccountOf(order.Credit));
            var circulating = coin.Terms.FlowBasisPoints > 0 ? Circulating(coin.Symbol) : Amount.Zero;
            (Debit.Current, Credit.Current) = Evolution.After(order, coin, Debit.Current, Credit.Current, circulating, entry.PostedAt);
            return order.Kind switch
            {
                TransferKind.Hold => Hold(entry),
                TransferKind.Post or TransferKind.Void or TransferKind.Expire => Resolve(entry, coin),
                _ => null,
            };
        }
        catch (Exception unreadable) when (unreadable is JsonException or ArgumentException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            return $"position {entry.Position}: its details cannot be read.";
        }
        catch (OverflowException)
        {
            return $"position {entry.Position}: it makes more than fits.";
        }
    }

    /// <summary>Looks at what can be told only once a command's last entry is added.</summary>
    public string? End()
    {
        if (_ending is { Left: var left, Hold: var hold } && left > Amount.Zero)
            return $"of the pending transfer {hold.Id}, which was resolved, {left} {hold.Coin} are left in escrow.";
        _ending = null;
        return null;
    }

    private string? Hold(JournalEntry entry)
    {
        var order = entry.Order;
        if (order.Debit.Holder is not { } sender || order.Credit != AccountKey.Escrow(order.Coin))
            return $"position {entry.Position}: it holds what is not somebody's, or not in escrow.";
        _open.Add(order.Id, new(
            order.Id, entry.Position, sender, HoldDetails.ReceiverOf(order), order.Coin, order.Amount, entry.PostedAt, HoldDetails.ExpiryOf(order),
            HoldState.Open, ResolvedPosition: null));
        return null;
    }

    private string? Resolve(JournalEntry entry, Coin coin)
    {
        var (order, id) = (entry.Order, HoldDetails.HoldOf(entry.Order));
        if (_ending?.Hold.Id != id)
        {
            if (!_open.Remove(id, out var open))
                return $"position {entry.Position}: there is no pending transfer {id}.";
            if (End() is { } unresolved)
                return unresolved;
            Resolved = open with { State = StateAfter(order.Kind), ResolvedPosition = entry.Position };
            _ending = (Resolved, open.Amount);
        }

        var (hold, left) = _ending!.Value;
        var to = order.Kind == TransferKind.Post ? hold.Receiver : hold.Sender;
        if (order.Debit != AccountKey.Escrow(hold.Coin) || order.Credit != AccountKey.Of(to, hold.Coin) || order.Amount > left)
            return $"position {entry.Position}: it is not what the pending transfer {id} can come to.";
        _ending = (hold, left - order.Amount);
        if (order.Kind != TransferKind.Post)
            Credit!.Current = Evolution.GivenBack(Credit.Current, coin, hold, order.Amount, Circulating(coin.Symbol), entry.PostedAt);
        return null;
    }

    private static string StateAfter(string kind) => kind switch
    {
        TransferKind.Post => HoldState.Posted,
        TransferKind.Void => HoldState.Voided,
        _ => HoldState.Expired,
    };

    private Account AccountOf(AccountKey key)
    {
        if (_accounts.TryGetValue(key, out var known))
            return known;
        var added = new Account(key) { Id = _accounts.Count + 1 };
        _accounts.Add(key, added);
        return added;
    }

    private Amount Circulating(string coin) => Amount.Zero - Balance(AccountKey.Mint(coin)) - Balance(AccountKey.Vesting(coin));

    private Amount Balance(AccountKey key) => _accounts.TryGetValue(key, out var account) ? account.Balance : Amount.Zero;
}
