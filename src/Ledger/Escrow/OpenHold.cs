using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;
using Rally.Ledger.Transfers;

namespace Rally.Ledger.Escrow;

/// <summary>Puts a sender's coins into escrow for a receiver. It counts as sending from that moment.</summary>
internal sealed class OpenHold(
    Guid id, Guid sender, Guid receiver, string coin, Amount amount, DateTimeOffset expiresAt, string note, string reference, SenderChoice choice = default)
    : LedgerCommand
{
    private readonly TransferOrder _order = new(
        id, AccountKey.Of(sender, coin), AccountKey.Escrow(coin), amount, TransferKind.Hold, note, reference, HoldDetails.Opens(receiver, expiresAt, choice));

    public override int MostEntries => 1;

    public override void Name(Needs needs)
    {
        needs.Entry(id);
        needs.Account(_order.Debit);
        needs.Account(AccountKey.Of(receiver, coin));
    }

    public override PostResult Apply(Batch batch)
    {
        if (batch.FindEntry(id) is { } first)
            return first.Order == _order ? new PostResult.Posted([first], Repeated: true) : new PostResult.IdConflict(id);
        if (sender == receiver)
            return new PostResult.SameAccount();
        if (expiresAt <= batch.Now)
            return new PostResult.ExpiryPassed(expiresAt);
        var result = batch.Post(_order);
        if (result is PostResult.Posted posted)
        {
            batch.Save(new Hold(
                id, posted.Entries[0].Position, sender, receiver, coin, amount, batch.Now,
                DateTimeOffset.FromUnixTimeMilliseconds(expiresAt.ToUnixTimeMilliseconds()), HoldState.Open, ResolvedPosition: null));
        }

        return result;
    }
}
