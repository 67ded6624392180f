using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rally.Ledger.Journal;
using Rally.Storage.Changes;

namespace Rally.Webhooks.Deliveries;

/// <summary>
/// The end of the log, and of the outbox beside it, read once for all endpoints that keep up with them; those further behind read
/// for themselves.
/// </summary>
internal sealed partial class FeedTail(
    ITransferFeed feed, Outbox outbox, IOptions<WebhooksOptions> options, TimeProvider time, ILogger<FeedTail> log)
{
    private const int ReadAtOnce = 1_000;
    private const int KeptPlaces = 4_096;

    // Bounds the memory of one endpoint's turn.
    private const int TurnPlaces = 256;

    private static readonly TimeSpan AfterOutage = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();

    // A ring: what happened at a position is at the position's remainder.
    private readonly WebhookEvent[]?[] _kept = new WebhookEvent[]?[KeptPlaces];
    private readonly KeptChanges _changes = new();
    private long _firstKept = 1;
    private long _last;
    private TaskCompletionSource _moved = NewSignal();

    /// <summary>Follows the log and the outbox until stopped; outages of the store are waited out.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var started = false;
        while (true)
        {
            try
            {
                if (!started)
                    await BeginAsync(stop);
                started = true;
                var read = await feed.ReadWithEventsAsync(_last, ReadAtOnce, stop);
                // After the log, so that a change is known by the time its place is: they are committed together.
                var changes = await outbox.ReadAsync(_changes.Last, read.Count > 0 ? read[^1].Position : _last, ReadAtOnce, stop);
                if (read.Count + changes.Count > 0)
                    Move(read, FeedPage.Of(changes), mayBeMore: changes.Count == ReadAtOnce);
                else
                    await WaitForMoreAsync(stop);
            }
            catch (Exception outage) when (!stop.IsCancellationRequested)
            {
                LogOutage(outage);
                await Task.Delay(AfterOutage, time, stop);
            }
        }
    }

    /// <summary>Returns once there is something still to be dealt with, or after some time.</summary>
    /// <returns>False when the time is over.</returns>
    public async Task<bool> WaitAsync(Cursor cursor, TimeSpan most, CancellationToken stop)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            Task moved;
            lock (_gate)
            {
                if (_last > cursor.Position || _changes.Last > cursor.Change)
                    return true;
                moved = _moved.Task;
            }

            if (most == Timeout.InfiniteTimeSpan)
            {
                await moved.WaitAsync(stop);
                continue;
            }

            var left = most - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
                return false;
            await moved.WaitAsync(left, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stop.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Some of what is still to be dealt with, in order and without gaps; empty at the end.</summary>
    public async Task<IReadOnlyList<WebhookEvent>> ReadAsync(Cursor cursor, CancellationToken stop)
    {
        WebhookEvent[][] places = [];
        IReadOnlyList<WebhookEvent>? changes;
        long upTo;
        lock (_gate)
        {
            upTo = Math.Min(_last, cursor.Position + TurnPlaces);
            var isKept = cursor.Position + 1 >= _firstKept;
            if (isKept && upTo > cursor.Position)
                places = Kept(cursor.Position + 1, (int)(upTo - cursor.Position));
            changes = isKept ? _changes.After(cursor.Change, upTo) : null;
        }

        if (places.Length == 0 && upTo > cursor.Position)
            places = [.. (await feed.ReadWithEventsAsync(cursor.Position, (int)(upTo - cursor.Position), stop)).Select(WebhookEvent.AllOf)];
        if (changes is not null)
            return FeedPage.Of(cursor, places, changes, mayBeMore: false);
        var read = await outbox.ReadAsync(cursor.Change, upTo, TurnPlaces, stop);
        return FeedPage.Of(cursor, places, FeedPage.Of(read), mayBeMore: read.Count == TurnPlaces);
    }

    private WebhookEvent[][] Kept(long from, int count)
    {
        var places = new WebhookEvent[count][];
        for (var i = 0; i < count; i++)
            places[i] = _kept[(from + i) % KeptPlaces]!;
        return places;
    }

    /// <summary>Some way before the log's end, for the endpoints that are not quite there after a restart.</summary>
    private async Task BeginAsync(CancellationToken stop)
    {
        var last = Math.Max(0, await feed.LastPositionAsync(stop) - KeptPlaces);
        Begin(last, await outbox.LastBeforeAsync(last, stop));
    }

    private void Begin(long last, long lastChange)
    {
        lock (_gate)
        {
            _last = last;
            _firstKept = last + 1;
            _changes.Begin(lastChange);
        }

        Signal();
    }

    private void Move(IReadOnlyList<TransferPosted> read, IReadOnlyList<WebhookEvent> changes, bool mayBeMore)
    {
        // Where there are more changes than were read, no place after the last of them is told yet.
        var upTo = mayBeMore ? changes[^1].Position : long.MaxValue;
        lock (_gate)
        {
            foreach (var transfer in read.Where(transfer => transfer.Position <= upTo))
            {
                _kept[transfer.Position % KeptPlaces] = WebhookEvent.AllOf(transfer);
                _last = transfer.Position;
            }

            _firstKept = Math.Max(_firstKept, _last - KeptPlaces + 1);
            _changes.Add(changes);
        }

        Signal();
    }

    private async Task WaitForMoreAsync(CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task[] waits = [feed.WaitAsync(_last, either.Token), outbox.WaitAsync(_changes.Last, options.Value.ChangePollInterval, either.Token)];
        var first = await Task.WhenAny(waits);
        await either.CancelAsync();
        await Task.WhenAll(waits).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
    }

    private void Signal()
    {
        TaskCompletionSource moved;
        lock (_gate)
        {
            moved = _moved;
            _moved = NewSignal();
        }

        moved.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(LogLevel.Error, "The ledger's feed cannot be read; trying again")]
    private partial void LogOutage(Exception outage);
}
