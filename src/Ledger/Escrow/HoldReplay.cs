using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Escrow;

/// <summary>Pending transfers as the log tells them. Those that have ended are not kept, so memory grows with the open ones only.</summary>
internal sealed class HoldReplay
{
    private readonly Dictionary<Guid, Hold> _open = [];
    private (Hold Hold, Amount Left)? _ending;

    public HoldReplay()
    {
    }

    /// <summary>Goes on behind an entry that ended a command.</summary>
    public HoldReplay(IEnumerable<Hold> open, long made)
    {
        _open = open.ToDictionary(hold => hold.Id);
        Made = made;
    }

    /// <summary>Those that have not ended.</summary>
    public IReadOnlyDictionary<Guid, Hold> Open => _open;

    /// <summary>How many there ever were.</summary>
    public long Made { get; private set; }

    /// <summary>The one that the entry added last has ended, as it then is; null when it ended none.</summary>
    public Hold? Ended { get; private set; }

    /// <summary>Adds the next entry.</summary>
    /// <param name="entry">Between accounts that its kind can go between.</param>
    /// <param name="givenBack">Of the hold, when the entry gave something back to its sender; else null.</param>
    /// <returns>What is wrong with it, in words; null when it is right.</returns>
    /// <exception cref="Exception">Its details cannot be read.</exception>
    public string? Add(JournalEntry entry, out Hold? givenBack)
    {
        (Ended, givenBack) = (null, null);
        if (entry.Order.Kind == TransferKind.Hold)
            return Begin(entry);
        return entry.Order.Kind is TransferKind.Post or TransferKind.Void or TransferKind.Expire ? Resolve(entry, out givenBack) : null;
    }

    /// <summary>Looks at what can be told only once a command's last entry is added.</summary>
    public string? EndCommand()
    {
        if (_ending is { Left: var left, Hold: var hold } && left > Amount.Zero)
            return $"of the pending transfer {hold.Id}, which it ended, {left} {hold.Coin} are left in escrow.";
        _ending = null;
        return null;
    }

    private string? Begin(JournalEntry entry)
    {
        var order = entry.Order;
        var hold = new Hold(
            order.Id, entry.Position, order.Debit.Holder!.Value, HoldDetails.ReceiverOf(order), order.Coin, order.Amount, entry.PostedAt,
            HoldDetails.ExpiryOf(order), HoldState.Open, ResolvedPosition: null);
        if (!_open.TryAdd(hold.Id, hold))
            return $"the pending transfer {hold.Id} is there already.";
        Made++;
        return null;
    }

    private string? Resolve(JournalEntry entry, out Hold? givenBack)
    {
        givenBack = null;
        var (order, id) = (entry.Order, HoldDetails.HoldOf(entry.Order));
        if (entry.Link == 0)
        {
            if (!_open.Remove(id, out var open))
                return $"there is no pending transfer {id}.";
            if (order.Kind != TransferKind.Void && order.Kind == TransferKind.Expire != entry.PostedAt >= open.ExpiresAt)
                return $"the pending transfer {id} could be posted before {open.ExpiresAt:u} only, and expired then.";
            Ended = open with { State = HoldState.After(order.Kind), ResolvedPosition = entry.Position };
            _ending = (Ended, open.Amount);
        }

        if (_ending is not { } ending || ending.Hold.Id != id)
            return $"the pending transfer {id} ends within another command.";
        var (hold, left) = ending;
        // A part may be posted; what is left then goes back.
        var fits = entry.Link == 0
            ? order.Kind == TransferKind.Post || order.Amount == left
            : hold.State == HoldState.Posted && order.Kind == TransferKind.Void && entry.Link == 1;
        var to = order.Kind == TransferKind.Post ? hold.Receiver : hold.Sender;
        if (!fits || order.Amount > left || order.Debit != AccountKey.Escrow(hold.Coin) || order.Credit != AccountKey.Of(to, hold.Coin))
            return $"it is not what the pending transfer {id} can come to.";
        _ending = (hold, left - order.Amount);
        givenBack = order.Kind == TransferKind.Post ? null : hold;
        return null;
    }
}
