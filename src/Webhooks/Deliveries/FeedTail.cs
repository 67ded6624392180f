using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rally.Ledger.Journal;
using Rally.Storage.Changes;

namespace Rally.Webhooks.Deliveries;

/// <summary>
/// The end of the log, and of the outbox beside it, read once for all endpoints that keep up with them; those further behind read
/// for themselves. Who waits there is woken for what it asks for, and is past all that came before.
/// </summary>
internal sealed partial class FeedTail(
    ITransferFeed feed, Outbox outbox, IOptions<WebhooksOptions> options, TimeProvider time, ILogger<FeedTail> log)
{
    /// <summary>
    /// How many places a follower is let sleep over before it is woken to remember where it is: what is read again after a crash,
    /// for nobody's sake.
    /// </summary>
    public const int MostPassed = 1_000;

    private const int ReadAtOnce = 1_000;
    private const int KeptPlaces = 4_096;

    // Bounds the memory of one endpoint's turn.
    private const int TurnPlaces = 256;

    private static readonly TimeSpan AfterOutage = TimeSpan.FromSeconds(1);

    // A ring: what happened at a position is at the position's remainder.
    private readonly WebhookEvent[]?[] _kept = new WebhookEvent[]?[KeptPlaces];
    private readonly KeptChanges _changes = new();
    private long _firstKept = 1;
    private long _last;
    private readonly FeedFollowers _followers = new();
    private bool _hasBegun;

    private Lock Gate => _followers.Gate;

    private Cursor End => new(_last, _changes.Last, Step: 0);

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

    /// <summary>Somebody who goes along the feed until it is disposed.</summary>
    /// <param name="filter">What it is woken for.</param>
    /// <param name="endpoint">Which endpoint it is; null for a stream.</param>
    public FeedFollower Follow(EventFilter filter, EndpointVersion? endpoint) => _followers.Add(filter, endpoint);

    /// <summary>
    /// Returns once there is something to read; at times when there is nothing but places to be passed over; after some time; and when
    /// stopped, without complaint, for the places passed over by then count.
    /// </summary>
    /// <returns>How far everything is dealt with, and whether there is something to read.</returns>
    public async Task<(Cursor At, bool HasMore)> WaitAsync(FeedFollower follower, Cursor cursor, TimeSpan most, CancellationToken stop)
    {
        Task woken;
        lock (Gate)
        {
            if (_last > cursor.Position || _changes.Last > cursor.Change)
                return (cursor, true);
            woken = follower.Wait(cursor, isAhead: !_hasBegun || cursor != End);
        }

        await woken.WaitAsync(most, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (Gate)
        {
            if (follower.IsWaiting)
                follower.Wake(End);
            return (follower.At, _last > follower.At.Position || _changes.Last > follower.At.Change);
        }
    }

    /// <summary>Where an endpoint is that waits for its next event; null for one that does not wait.</summary>
    public Cursor? Find(EndpointVersion endpoint)
    {
        lock (Gate)
            return _followers.Find(endpoint) is { IsWaiting: true, IsAhead: false } ? End : null;
    }

    /// <summary>Some of what is still to be dealt with, in order and without gaps; empty at the end.</summary>
    public async Task<IReadOnlyList<WebhookEvent>> ReadAsync(Cursor cursor, CancellationToken stop)
    {
        WebhookEvent[][] places = [];
        IReadOnlyList<WebhookEvent>? changes;
        long upTo;
        lock (Gate)
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
        lock (Gate)
        {
            _hasBegun = true;
            _last = last;
            _firstKept = last + 1;
            _changes.Begin(lastChange);
            _followers.WakeAhead();
        }
    }

    private void Move(IReadOnlyList<TransferPosted> read, IReadOnlyList<WebhookEvent> changes, bool mayBeMore)
    {
        // Where there are more changes than were read, no place after the last of them is told yet.
        var upTo = mayBeMore ? changes[^1].Position : long.MaxValue;
        WebhookEvent[][] places = [.. read.Where(transfer => transfer.Position <= upTo).Select(WebhookEvent.AllOf)];
        lock (Gate)
        {
            var before = End;
            foreach (var place in places)
            {
                _last = place[0].Position;
                _kept[_last % KeptPlaces] = place;
            }

            _firstKept = Math.Max(_firstKept, _last - KeptPlaces + 1);
            _changes.Add(changes);

            _followers.WakeAhead();
            foreach (var happened in FeedPage.Of(before, places, changes, mayBeMore: false))
            {
                _followers.Wake(happened, before);
                before = before.Past(happened);
            }

            if (_last / MostPassed > (_last - places.Length) / MostPassed)
                _followers.WakeAll(End);
        }
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

    [LoggerMessage(LogLevel.Error, "The ledger's feed cannot be read; trying again")]
    private partial void LogOutage(Exception outage);
}
