using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Escrow;

/// <summary>Ends a hold: posts all or a part to the receiver, and gives the rest back to the sender.</summary>
internal sealed class ResolveHold : LedgerCommand
{
    /// <summary>Entries that it may make: what is posted, and the rest.</summary>
    public const int Most = 2;

    private readonly Guid _id;
    private readonly Guid _hold;
    private readonly string _kind;
    private readonly Amount? _amount;

    private ResolveHold(Guid id, Guid hold, string kind, Amount? amount) => (_id, _hold, _kind, _amount) = (id, hold, kind, amount);

    public override int MostEntries => Most;

    /// <param name="id">Of this command; UUID version 7.</param>
    /// <param name="hold">Of the transfer that made the hold.</param>
    /// <param name="amount">For the receiver; null for all of it.</param>
    public static ResolveHold Post(Guid id, Guid hold, Amount? amount) => new(id, hold, TransferKind.Post, amount);

    public static ResolveHold Void(Guid id, Guid hold) => new(id, hold, TransferKind.Void, null);

    /// <summary>Its time is up; refused as not due while it is not.</summary>
    public static ResolveHold Expire(Guid id, Guid hold) => new(id, hold, TransferKind.Expire, null);

    public override void Name(Needs needs)
    {
        needs.Hold(_hold);
        needs.Entry(_id);
        needs.Entry(DerivedId.Of(_id, 1));
    }

    public override PostResult Apply(Batch batch)
    {
        if (batch.FindEntry(_id) is { } first)
            return FirstAnswer(batch, first);
        if (batch.FindHold(_hold) is not { } hold)
            return new PostResult.UnknownHold(_hold);
        if (hold.State != HoldState.Open)
            return new PostResult.HoldNotOpen(hold.State);
        var isDue = batch.Now >= hold.ExpiresAt;
        if (_kind == TransferKind.Expire && !isDue)
            return new PostResult.NothingDue();
        if (_kind == TransferKind.Post && isDue)
            return new PostResult.HoldNotOpen(HoldState.Expired);
        var posted = _kind == TransferKind.Post ? _amount ?? hold.Amount : Amount.Zero;
        if (posted > hold.Amount)
            return new PostResult.MoreThanHeld(hold.Amount);

        var result = batch.Post([.. Orders(hold, posted)]);
        if (result is PostResult.Posted done)
        {
            batch.GiveBackAllowance(hold, hold.Amount - posted);
            batch.Save(hold with { State = HoldState.After(_kind), ResolvedPosition = done.Entries[0].Position });
        }

        return result;
    }

    private IEnumerable<TransferOrder> Orders(Hold hold, Amount posted)
    {
        var escrow = AccountKey.Escrow(hold.Coin);
        var details = HoldDetails.Resolves(_hold);
        var rest = hold.Amount - posted;
        var link = 0;
        if (posted > Amount.Zero)
            yield return new(DerivedId.Of(_id, link++), escrow, AccountKey.Of(hold.Receiver, hold.Coin), posted, TransferKind.Post, details: details);
        if (rest > Amount.Zero)
        {
            var kind = _kind == TransferKind.Expire ? TransferKind.Expire : TransferKind.Void;
            yield return new(DerivedId.Of(_id, link), escrow, AccountKey.Of(hold.Sender, hold.Coin), rest, kind, details: details);
        }
    }

    // The same again: a command about this hold, of this kind, and for this much; all of it when nothing was said.
    private PostResult FirstAnswer(Batch batch, JournalEntry first)
    {
        var same = first.Link == 0 && first.Order.Kind == _kind && first.Order.Details == HoldDetails.Resolves(_hold)
            && first.Order.Amount == (_amount ?? batch.FindHold(_hold)?.Amount);
        return same ? new PostResult.Posted(batch.CommandOf(first), Repeated: true) : new PostResult.IdConflict(_id);
    }
}
