using System.Diagnostics;

namespace Rally.Webhooks.Deliveries;

/// <summary>How far an endpoint has come.</summary>
/// <param name="Position">The last place of the log all of whose events are dealt with.</param>
/// <param name="Step">How many events of the next place are dealt with.</param>
internal readonly record struct Cursor(long Position, long Step)
{
    /// <summary>Whether an event is still to be dealt with.</summary>
    public bool IsBefore(WebhookEvent happened) =>
        happened.Position > Position + 1 || (happened.Position == Position + 1 && happened.Step >= Step);

    /// <summary>Past an event, which is the next one.</summary>
    public Cursor Past(WebhookEvent happened)
    {
        if (happened.Position != Position + 1 || happened.Step != Step)
            throw new UnreachableException($"The feed skips from {this} to {happened.Position}, {happened.Step}.");
        return happened.IsLast ? new(happened.Position, 0) : this with { Step = Step + 1 };
    }
}
