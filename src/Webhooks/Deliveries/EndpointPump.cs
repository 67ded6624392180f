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

    // How far an endpoint may pass events it did not ask for before that is worth a write.
    private const long MostUnwrittenPasses = 1_000;

    private readonly IReadOnlyList<string>? _coins = endpoint.CoinList;
    private readonly IReadOnlyList<string> _events = endpoint.EventList;
    private readonly Pace _pace = new(endpoint.PerSecond, time);
    private Progress _progress = Progress.Of(endpoint);
    private long _writtenPosition = endpoint.Position;

    public async Task RunAsync(CancellationToken stop)
    {
        while (_progress.DisabledAt is null)
        {
            try
            {
                // None of these holds a place that another endpoint could use.
                await BackOffAsync(stop);
                if (_pace.Wait is var wait && wait > TimeSpan.Zero)
                    await Task.Delay(wait, time, stop);
                await tail.WaitAsync(_progress.Position, stop);
                if (await subscribers.FindAsync(endpoint.ClientId, stop) != SubscriberState.Active)
                {
                    await Task.Delay(WhileSuspended, time, stop);
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

    private async Task TakeTurnAsync(CancellationToken stop)
    {
        var began = time.GetTimestamp();
        foreach (var posted in await tail.ReadAsync(_progress.Position, stop))
        {
            if (posted.Position != _progress.Position + 1)
                throw new UnreachableException($"The feed skips from {_progress.Position} to {posted.Position}.");
            if (!Wants(posted))
            {
                Pass(posted);
                continue;
            }

            _pace.Pass();
            var (outcome, attempt) = await sender.SendAsync(target, posted.MessageFor(endpoint.Id), _progress.Attempts + 1, stop);
            await RecordAsync(posted, outcome, attempt, stop);
            if (_progress.DisabledAt is not null || _progress.FailingSince is not null || time.GetElapsedTime(began) > Turn
                || _pace.Wait > TimeSpan.Zero)
                return;
        }
    }

    private bool Wants(WebhookEvent posted) =>
        _events.Contains(WebhookEvent.TransferPosted) && (_coins is null || _coins.Contains(posted.Coin));

    private void Pass(WebhookEvent posted)
    {
        _progress = _progress.Passed(posted.Position);
        var soon = posted.Position - _writtenPosition >= MostUnwrittenPasses;
        writer.Save(_progress, soon);
        if (soon)
            _writtenPosition = _progress.Position;
    }

    private Task RecordAsync(WebhookEvent posted, DeliveryOutcome outcome, Attempt attempt, CancellationToken stop)
    {
        DeadLetter? dead = null;
        switch (outcome)
        {
            case DeliveryOutcome.Delivered:
                _progress = _progress.Delivered(posted.Position);
                break;
            case DeliveryOutcome.Gone:
                _progress = _progress.Gone(time.GetUtcNow());
                break;
            case DeliveryOutcome.Failed failure:
                (_progress, dead) = _progress.Failed(posted.Position, failure, schedule, time.GetUtcNow());
                LogFailure(endpoint.Id, posted.Position, _progress.Attempts, failure.Reason);
                break;
            default:
                throw new UnreachableException($"{outcome}");
        }

        if (dead is not null)
            LogDeadLetter(endpoint.Id, dead.Position, dead.Attempts);
        if (_progress.DisabledAt is not null)
            LogDisabled(endpoint.Id, _progress.DisabledReason);
        _writtenPosition = _progress.Position;
        return writer.SaveAsync(_progress, attempt, dead, stop);
    }

    [LoggerMessage(LogLevel.Information, "Webhook endpoint {Endpoint} failed at position {Position}, attempt {Attempt}: {Reason}")]
    private partial void LogFailure(Guid endpoint, long position, long attempt, string reason);

    [LoggerMessage(LogLevel.Warning, "Webhook endpoint {Endpoint} never took position {Position} in {Attempts} attempts; it is a dead letter now")]
    private partial void LogDeadLetter(Guid endpoint, long position, long attempts);

    [LoggerMessage(LogLevel.Warning, "Webhook endpoint {Endpoint} is disabled: {Reason}")]
    private partial void LogDisabled(Guid endpoint, string? reason);

    [LoggerMessage(LogLevel.Error, "Deliveries to webhook endpoint {Endpoint} are interrupted; trying again")]
    private partial void LogOutage(Exception outage, Guid endpoint);
}
