using System.Diagnostics;

namespace Rally.Webhooks.Deliveries;

/// <summary>How far an endpoint has come along the log and along the outbox, whose changes are told between the log's entries.</summary>
/// <param name="Position">The last place of the log all of whose events are dealt with.</param>
/// <param name="Change">The number of the last change that is dealt with.</param>
/// <param name="Step">How many events of the next place are dealt with; no change is told between those.</param>
internal readonly record struct Cursor(long Position, long Change, long Step)
{
    /// <summary>Past an event, which is the next one.</summary>
    public Cursor Past(WebhookEvent happened)
    {
        if (happened.Change is { } change)
        {
            if (change.Number <= Change || change.Place > Position || Step != 0)
                throw new UnreachableException($"Change {change.Number} after {change.Place} is not what comes after {this}.");
            return this with { Change = change.Number };
        }

        if (happened.Position != Position + 1 || happened.Step != Step)
            throw new UnreachableException($"The feed skips from {this} to {happened.Position}, {happened.Step}.");
        return happened.IsLast ? this with { Position = happened.Position, Step = 0 } : this with { Step = Step + 1 };
    }
}
