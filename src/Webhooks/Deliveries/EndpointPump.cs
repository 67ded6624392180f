using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Rally.Webhooks.Subscriptions;

namespace Rally.Webhooks.Deliveries;

/// <summary>Sends one endpoint its events, one after the other, until it is stopped or the endpoint is disabled.</summary>
internal sealed partial class EndpointPump(
    Endpoint endpoint, DeliveryTarget target, FeedTail tail, Lanes lanes, DeliverySender sender, ProgressWriter writer,
    RetrySchedule schedule, SubscriberStates subscribers, TimeProvider time, ILogger log)
{
    // An endpoint that answers, but slowly, gives its place to the next one after this long.
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(1);

    // How soon one whose owner is let back in goes on.
    private static readonly TimeSpan WhileSuspended = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan AfterOutage = TimeSpan.FromSeconds(1);

    private readonly EventFilter _filter = new(endpoint.EventList, endpoint.CoinList);
    private readonly Pace _pace = new(endpoint.PerSecond, time);
    private Progress _progress = Progress.Of(endpoint);
    private long _writtenPosition = endpoint.Position;
    private long _sentAt = time.GetTimestamp();

    public async Task RunAsync(CancellationToken stop)
    {
        using var follower = tail.Follow(_filter, new(endpoint.Id, endpoint.Revision, endpoint.Epoch));
        while (_progress.DisabledAt is null)
        {
            try
            {
                // None of these holds a place that another endpoint could use.
                await BackOffAsync(stop);
                if (_pace.Wait is var wait && wait > TimeSpan.Zero)
                    await Task.Delay(wait, time, stop);
                var (at, hasMore) = await tail.WaitAsync(follower, _progress.Cursor, UntilHeartbeat(), stop);
                PassTo(at);
                stop.ThrowIfCancellationRequested();
                if (!hasMore && UntilHeartbeat() != TimeSpan.Zero)
                    continue;
                if (await subscribers.FindAsync(endpoint.ClientId, stop) != SubscriberState.Active)
                {
                    await Task.Delay(WhileSuspended, time, stop);
                    continue;
                }

                if (!hasMore)
                {
                    await BeatAsync(stop);
                    continue;
                }

                using (await lanes.EnterAsync(failing: _progress.FailingSince is not null, stop))
                    await TakeTurnAsync(stop);
            }
            catch (Exception outage) when (!stop.IsCancellationRequested)
            {
                LogOutage(outage, endpoint.Id);
                await Task.Delay(AfterOutage, time, stop);
            }
        }
    }

    private async Task BackOffAsync(CancellationToken stop)
    {
        var wait = _progress.NextAttemptAt - time.GetUtcNow();
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait.Value, time, stop);
    }

    private TimeSpan UntilHeartbeat()
    {
        if (!_filter.WantsHeartbeat)
            return Timeout.InfiniteTimeSpan;
        var left = sender.HeartbeatAfter - time.GetElapsedTime(_sentAt);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>
    /// Tells that there is nothing to tell. What comes of it tells the receiver and nobody else: it is not repeated, not kept, and
    /// holds up nothing, so it goes among those that fail, where many that hang keep no other waiting.
    /// </summary>
    private async Task BeatAsync(CancellationToken stop)
    {
        using (await lanes.EnterAsync(failing: true, stop))
        {
            _pace.Pass();
            _sentAt = time.GetTimestamp();
            var (outcome, attempt) = await sender.SendAsync(target, WriteMessage.Heartbeat(target, _progress.Position, time.GetUtcNow()), number: 0, stop);
            if (outcome is not DeliveryOutcome.Gone)
                return;
            _progress = _progress.Gone(time.GetUtcNow());
            LogDisabled(endpoint.Id, _progress.DisabledReason);
            await writer.SaveAsync(_progress, attempt, dead: null, stop);
        }
    }

    private async Task TakeTurnAsync(CancellationToken stop)
    {
        var began = time.GetTimestamp();
        foreach (var happened in await tail.ReadAsync(_progress.Cursor, stop))
        {
            if (!_filter.Wants(happened))
            {
                PassTo(_progress.Cursor.Past(happened));
                continue;
            }

            if (await sender.SendAsync(target, happened, _progress.Attempts + 1, stop) is not var (outcome, attempt))
            {
                PassTo(_progress.Cursor.Past(happened));
                continue;
            }

            _pace.Pass();
            _sentAt = time.GetTimestamp();
            await RecordAsync(happened, outcome, attempt, stop);
            if (_progress.DisabledAt is not null || _progress.FailingSince is not null || time.GetElapsedTime(began) > Turn
                || _pace.Wait > TimeSpan.Zero)
                return;
        }
    }

    private void PassTo(Cursor cursor)
    {
        if (cursor == _progress.Cursor)
            return;
        _progress = _progress.PassedTo(cursor);
        var soon = cursor.Position - _writtenPosition >= FeedTail.MostPassed;
        writer.Save(_progress, soon);
        if (soon)
            _writtenPosition = _progress.Position;
    }

    private Task RecordAsync(WebhookEvent happened, DeliveryOutcome outcome, Attempt attempt, CancellationToken stop)
    {
        DeadLetter? dead = null;
        switch (outcome)
        {
            case DeliveryOutcome.Delivered:
                _progress = _progress.Delivered(happened);
                break;
            case DeliveryOutcome.Gone:
                _progress = _progress.Gone(time.GetUtcNow());
                break;
            case DeliveryOutcome.Failed failure:
                (_progress, dead) = _progress.Failed(happened, failure, schedule, time.GetUtcNow());
                LogFailure(endpoint.Id, happened.Position, happened.Type, _progress.Attempts, failure.Reason);
                break;
            default:
                throw new UnreachableException($"{outcome}");
        }

        if (dead is not null)
            LogDeadLetter(endpoint.Id, dead.Position, dead.Type, dead.Attempts);
        if (_progress.DisabledAt is not null)
            LogDisabled(endpoint.Id, _progress.DisabledReason);
        _writtenPosition = _progress.Position;
        return writer.SaveAsync(_progress, attempt, dead, stop);
    }

    [LoggerMessage(LogLevel.Information, "Webhook endpoint {Endpoint} failed at position {Position} ({Type}), attempt {Attempt}: {Reason}")]
    private partial void LogFailure(Guid endpoint, long position, string type, long attempt, string reason);

    [LoggerMessage(LogLevel.Warning, "Webhook endpoint {Endpoint} never took position {Position} ({Type}) in {Attempts} attempts; it is a dead letter now")]
    private partial void LogDeadLetter(Guid endpoint, long position, string type, long attempts);

    [LoggerMessage(LogLevel.Warning, "Webhook endpoint {Endpoint} is disabled: {Reason}")]
    private partial void LogDisabled(Guid endpoint, string? reason);

    [LoggerMessage(LogLevel.Error, "Deliveries to webhook endpoint {Endpoint} are interrupted; trying again")]
    private partial void LogOutage(Exception outage, Guid endpoint);
}
