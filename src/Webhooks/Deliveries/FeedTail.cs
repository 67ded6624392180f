using Microsoft.Extensions.Logging;
using Rally.Ledger.Journal;

namespace Rally.Webhooks.Deliveries;

/// <summary>
/// The end of the log, read once for all endpoints that keep up with it; those further behind read for themselves.
/// </summary>
internal sealed partial class FeedTail(ITransferFeed feed, TimeProvider time, ILogger<FeedTail> log)
{
    private const int ReadAtOnce = 1_000;
    private const int KeptEvents = 4_096;

    // Bounds the memory of one endpoint's turn.
    private const int TurnEvents = 256;

    private static readonly TimeSpan AfterOutage = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();

    // A ring: the event at a position is at the position's remainder.
    private readonly WebhookEvent?[] _kept = new WebhookEvent?[KeptEvents];
    private long _firstKept = 1;
    private long _last;
    private TaskCompletionSource _moved = NewSignal();

    /// <summary>Follows the log until stopped; outages of the store are waited out.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var started = false;
        while (true)
        {
            try
            {
                if (!started)
                    Begin(Math.Max(0, await feed.LastPositionAsync(stop) - KeptEvents));
                started = true;
                var read = await feed.ReadAsync(_last, ReadAtOnce, stop);
                if (read.Count > 0)
                    Move(read);
                else
                    await feed.WaitAsync(_last, stop);
            }
            catch (Exception outage) when (!stop.IsCancellationRequested)
            {
                LogOutage(outage);
                await Task.Delay(AfterOutage, time, stop);
            }
        }
    }

    /// <summary>Returns once there is something after <paramref name="position"/>.</summary>
    public async Task WaitAsync(long position, CancellationToken stop)
    {
        while (true)
        {
            Task moved;
            lock (_gate)
            {
                if (_last > position)
                    return;
                moved = _moved.Task;
            }

            await moved.WaitAsync(stop);
        }
    }

    /// <summary>Some of what comes after <paramref name="position"/>, in order and without gaps; empty at the log's end.</summary>
    public async Task<IReadOnlyList<WebhookEvent>> ReadAsync(long position, CancellationToken stop)
    {
        lock (_gate)
        {
            if (position >= _last)
                return [];
            if (position + 1 >= _firstKept)
                return Kept(position + 1, (int)Math.Min(TurnEvents, _last - position));
        }

        return [.. (await feed.ReadAsync(position, TurnEvents, stop)).Select(transfer => new WebhookEvent(transfer))];
    }

    private WebhookEvent[] Kept(long from, int count)
    {
        var events = new WebhookEvent[count];
        for (var i = 0; i < count; i++)
            events[i] = _kept[(from + i) % KeptEvents]!;
        return events;
    }

    /// <summary>Some way before the log's end, for the endpoints that are not quite there after a restart.</summary>
    private void Begin(long last)
    {
        lock (_gate)
        {
            _last = last;
            _firstKept = last + 1;
        }

        Signal();
    }

    private void Move(IReadOnlyList<TransferPosted> read)
    {
        lock (_gate)
        {
            foreach (var transfer in read)
                _kept[transfer.Position % KeptEvents] = new(transfer);
            _last = read[^1].Position;
            _firstKept = Math.Max(_firstKept, _last - KeptEvents + 1);
        }

        Signal();
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
