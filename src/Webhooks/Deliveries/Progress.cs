using System.Globalization;
using Rally.Webhooks.Subscriptions;

namespace Rally.Webhooks.Deliveries;

/// <summary>How far deliveries to one endpoint have come; see <see cref="Endpoint"/> for the fields.</summary>
internal sealed record Progress(
    Guid EndpointId,
    long Revision,
    long Epoch,
    Cursor Cursor,
    long Attempts,
    DateTimeOffset? NextAttemptAt,
    DateTimeOffset? FailingSince,
    string? LastFailure,
    DateTimeOffset? DisabledAt,
    string? DisabledReason)
{
    public long Position => Cursor.Position;

    public long Step => Cursor.Step;

    public long Change => Cursor.Change;

    public static Progress Of(Endpoint endpoint) => new(
        endpoint.Id, endpoint.Revision, endpoint.Epoch, endpoint.Cursor, endpoint.Attempts, endpoint.NextAttemptAt,
        endpoint.FailingSince, endpoint.LastFailure, endpoint.DisabledAt, endpoint.DisabledReason);

    public Endpoint Onto(Endpoint endpoint) => endpoint with
    {
        Position = Position,
        Step = Step,
        Change = Change,
        Attempts = Attempts,
        NextAttemptAt = NextAttemptAt,
        FailingSince = FailingSince,
        LastFailure = LastFailure,
        DisabledAt = DisabledAt,
        DisabledReason = DisabledReason,
    };

    /// <summary>Past events that the endpoint did not ask for, or may not be told of (any more, after attempts at one).</summary>
    public Progress PassedTo(Cursor cursor) => this with { Cursor = cursor, Attempts = 0, NextAttemptAt = null };

    public Progress Delivered(WebhookEvent happened) => this with
    {
        Cursor = Cursor.Past(happened),
        Attempts = 0,
        NextAttemptAt = null,
        FailingSince = null,
        LastFailure = null,
    };

    public Progress Gone(DateTimeOffset now) => this with { DisabledAt = now, DisabledReason = new DeliveryOutcome.Gone().Failure };

    /// <summary>After a failed attempt at <paramref name="happened"/>; a dead letter too when it was the last one.</summary>
    public (Progress Progress, DeadLetter? Dead) Failed(
        WebhookEvent happened, DeliveryOutcome.Failed failure, RetrySchedule schedule, DateTimeOffset now)
    {
        var failed = this with
        {
            Attempts = Attempts + 1,
            FailingSince = FailingSince ?? now,
            LastFailure = failure.Reason,
        };
        if (now - failed.FailingSince >= RetrySchedule.DisableAfter)
        {
            // The event keeps its place: it goes out first when the owner enables the endpoint again.
            var since = failed.FailingSince.Value.ToString("u", CultureInfo.InvariantCulture);
            return (failed with { NextAttemptAt = null, DisabledAt = now, DisabledReason = $"Nothing was delivered since {since}: {failure.Reason}" }, null);
        }

        if (schedule.DelayAfter(failed.Attempts, failure.RetryAfter) is { } delay)
            return (failed with { NextAttemptAt = now + delay }, null);
        return (failed with { Cursor = Cursor.Past(happened), Attempts = 0, NextAttemptAt = null },
            new DeadLetter(EndpointId, happened.Position, happened.Type, happened.Change?.Number ?? 0, failed.Attempts, failure.Reason, now));
    }
}
