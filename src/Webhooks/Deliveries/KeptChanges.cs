namespace Rally.Webhooks.Deliveries;

/// <summary>The outbox's last changes, for endpoints that keep up with it. Its user sees to it that one at a time uses it.</summary>
internal sealed class KeptChanges
{
    private const int Most = 1_024;

    private readonly Queue<WebhookEvent> _kept = [];
    private long _before; // the number that all that are kept come after

    public long Last { get; private set; }

    public void Begin(long last) => (_before, Last) = (last, last);

    public void Add(IEnumerable<WebhookEvent> changes)
    {
        foreach (var change in changes)
        {
            _kept.Enqueue(change);
            Last = change.Change!.Number;
            if (_kept.Count > Most)
                _before = _kept.Dequeue().Change!.Number;
        }
    }

    /// <returns>All after a number; null when some of them are not kept.</returns>
    public IReadOnlyList<WebhookEvent>? After(long number, long upToPlace) => number == Last
        ? []
        : number >= _before ? [.. _kept.Where(change => change.Change!.Number > number && change.Position <= upToPlace)] : null;
}
