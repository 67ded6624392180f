namespace Rally.Ledger.Journal;

/// <summary>Posts linked orders: all of them or none. Orders that were posted before get their first answer again.</summary>
internal sealed class PostCommand : LedgerCommand
{
    private readonly TransferOrder[] _orders;

    /// <exception cref="ArgumentException">No orders, or two with one id.</exception>
    public PostCommand(params TransferOrder[] orders)
    {
        if (orders.Length == 0)
            throw new ArgumentException("Nothing to post.", nameof(orders));
        if (orders.Length > 1 && orders.DistinctBy(order => order.Id).Count() != orders.Length)
            throw new ArgumentException("Linked transfers have an id each.", nameof(orders));
        _orders = orders;
    }

    public override int MostEntries => _orders.Length;

    public override void Name(Needs needs)
    {
        foreach (var order in _orders)
        {
            needs.Entry(order.Id);
            needs.Account(order.Debit);
            needs.Account(order.Credit);
        }
    }

    public override PostResult Apply(Batch batch) => FirstAnswer(batch) ?? batch.Post(_orders);

    private PostResult? FirstAnswer(Batch batch)
    {
        List<JournalEntry>? first = null;
        foreach (var order in _orders)
        {
            if (batch.FindEntry(order.Id) is not { } entry)
                continue;
            if (entry.Order != order)
                return new PostResult.IdConflict(order.Id);
            (first ??= []).Add(entry);
        }

        if (first is null)
            return null;
        // Linked before must be linked now: a part of it, or more than it, is another command.
        var same = first.Count == _orders.Length && !batch.IsContinued(first[^1])
            && first.Select((entry, link) => entry.Link == link && entry.Position == first[0].Position + link).All(fits => fits);
        return same ? new PostResult.Posted(first, Repeated: true) : new PostResult.IdConflict(first[0].Order.Id);
    }
}
