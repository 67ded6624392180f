namespace Rally.Ledger.Journal;

/// <summary>
/// Tells without a look at the store that an id is new. Ids are ordered by time, so one above all but the latest, and not
/// among the latest, was never posted; one above all needs no look at these either. A client whose clock runs ahead only costs the others that look.
/// </summary>
internal sealed class RecentIds(Guid highest, int capacity = 65_536)
{
    private HashSet<Guid> _older = [];
    private HashSet<Guid> _newer = [];
    private Guid _highestOlder = highest;
    private Guid _highestNewer;
    private Guid _floor = highest;
    private Guid _highest = highest;

    /// <returns>False when the id cannot be in the store.</returns>
    public bool MayBeStored(Guid id) =>
        id.CompareTo(_highest) <= 0 && (id.CompareTo(_floor) <= 0 || _newer.Contains(id) || _older.Contains(id));

    public void Add(Guid id)
    {
        if (_newer.Count >= capacity / 2)
        {
            _floor = Higher(_floor, _highestOlder);
            (_older, _newer) = (_newer, _older);
            _newer.Clear();
            (_highestOlder, _highestNewer) = (_highestNewer, default);
        }

        _newer.Add(id);
        _highestNewer = Higher(_highestNewer, id);
        _highest = Higher(_highest, id);
    }

    private static Guid Higher(Guid a, Guid b) => a.CompareTo(b) >= 0 ? a : b;
}
