using System.Globalization;
using Rally.Webhooks.Subscriptions;

namespace Rally.Webhooks.Deliveries;

/// <summary>How far deliveries to one endpoint have come; see <see cref="Endpoint"/> for the fields.</summary>
internal sealed record Progress(
    Guid EndpointId,
    long Revision,
    long Epoch,
    long Position,
    long Attempts,
    DateTimeOffset? NextAttemptAt,
    DateTimeOffset? FailingSince,
    string? LastFailure,
    DateTimeOffset? DisabledAt,
    string? DisabledReason)
{
    public static Progress Of(Endpoint endpoint) => new(
        endpoint.Id, endpoint.Revision, endpoint.Epoch, endpoint.Position, endpoint.Attempts, endpoint.NextAttemptAt,
        endpoint.FailingSince, endpoint.LastFailure, endpoint.DisabledAt, endpoint.DisabledReason);

    public Endpoint Onto(Endpoint endpoint) => endpoint with
    {
        Position = Position,
        Attempts = Attempts,
        NextAttemptAt = NextAttemptAt,
        FailingSince = FailingSince,
        LastFailure = LastFailure,
        DisabledAt = DisabledAt,
        DisabledReason = DisabledReason,
    };

    /// <summary>Past a place of the log that the endpoint did not ask for.</summary>
    public Progress Passed(long position) => this with { Position = position };

    public Progress Delivered(long position) => this with
    {
        Position = position,
        Attempts = 0,
        NextAttemptAt = null,
        FailingSince = null,
        LastFailure = null,
    };

    public Progress Gone(DateTimeOffset now) => this with { DisabledAt = now, DisabledReason = new DeliveryOutcome.Gone().Failure };

    /// <summary>After a failed attempt at <paramref name="position"/>; a dead letter too when it was the last one.</summary>
    public (Progress Progress, DeadLetter? Dead) Failed(
        long position, DeliveryOutcome.Failed failure, RetrySchedule schedule, DateTimeOffset now)
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
        return (failed with { Position = position, Attempts = 0, NextAttemptAt = null },
            new DeadLetter(EndpointId, position, failed.Attempts, failure.Reason, now));
    }
}
