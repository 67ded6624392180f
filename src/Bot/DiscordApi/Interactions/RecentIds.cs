namespace Rally.Bot.DiscordApi.Interactions;

/// <summary>Remembers ids for a while, to notice what comes twice.</summary>
internal sealed class RecentIds(TimeSpan memory, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly HashSet<ulong> _ids = [];
    private readonly Queue<(ulong Id, DateTimeOffset At)> _order = new();

    /// <summary>False when it was added within the memory.</summary>
    public bool TryAdd(ulong id)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            while (_order.TryPeek(out var oldest) && oldest.At + memory <= now)
                _ids.Remove(_order.Dequeue().Id);
            if (!_ids.Add(id))
                return false;
            _order.Enqueue((id, now));
            return true;
        }
    }
}
