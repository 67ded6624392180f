using System.Text.Json.Serialization;

namespace Rally.Webhooks.Api;

/// <summary>Asks for a subscription.</summary>
/// <param name="Url">Where deliveries go: absolute, http or https.</param>
/// <param name="Events">Event types, at least one.</param>
/// <param name="Coins">Symbols; null for all coins.</param>
/// <param name="Format"><c>standard</c> or <c>rally-v1</c>, for good; absent for <c>standard</c>.</param>
/// <param name="After">Deliver what comes after this position of the log; absent for what comes from now on.</param>
/// <param name="Signatures"><c>v1</c>, <c>v1a</c> or both; absent for <c>v1</c>.</param>
/// <param name="Headers">To be sent along, ten at most.</param>
/// <param name="PerSecond">At most so many messages a second; absent for no limit.</param>
internal sealed record CreateBody(
    string? Url, IReadOnlyList<string>? Events, IReadOnlyList<string>? Coins, string? Format, long? After,
    IReadOnlyList<string>? Signatures, IReadOnlyDictionary<string, string>? Headers, long? PerSecond);

/// <summary>
/// Changes what it names; <c>"coins": null</c> means all coins, no <c>coins</c> leaves them as they are, and so with
/// <c>perSecond</c>. <c>headers</c> takes the place of all there were.
/// </summary>
internal sealed class ChangeBody
{
    public string? Url { get; set; }

    public IReadOnlyList<string>? Events { get; set; }

    public IReadOnlyList<string>? Coins
    {
        get;
        set
        {
            field = value;
            CoinsGiven = true;
        }
    }

    [JsonIgnore]
    public bool CoinsGiven { get; private set; }

    public bool? Enabled { get; set; }

    public IReadOnlyDictionary<string, string>? Headers { get; set; }

    public long? PerSecond
    {
        get;
        set
        {
            field = value;
            PerSecondGiven = true;
        }
    }

    [JsonIgnore]
    public bool PerSecondGiven { get; private set; }
}

/// <summary>A new endpoint; the one time its secret is shown.</summary>
internal sealed record CreatedEndpoint(
    Guid Id, string Url, IReadOnlyList<string> Events, IReadOnlyList<string>? Coins, string Format, string? Secret, string? PublicKey, long Position);

/// <summary>An endpoint and how its deliveries stand.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Url">Where deliveries go.</param>
/// <param name="Events">What it wants.</param>
/// <param name="Coins">Of which coins; null for all.</param>
/// <param name="Format">What bodies look like.</param>
/// <param name="PerSecond">At most so many messages a second; null for no limit.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Position">The last place of the log that is dealt with.</param>
/// <param name="LastPosition">The log's last place.</param>
/// <param name="Lag">How many places are between the two.</param>
/// <param name="Failures">Failed attempts at the event that is next.</param>
/// <param name="FailingSince">The first failure after the last success.</param>
/// <param name="LastFailure">Why the last attempt failed.</param>
/// <param name="NextAttemptAt">When the event is tried again.</param>
/// <param name="DeadLetters">How many events were given up.</param>
/// <param name="DisabledAt">Since when nothing is sent.</param>
/// <param name="DisabledReason">Why nothing is sent.</param>
/// <param name="LastDeliveredAt">The last delivery of an event in the time that attempts are kept.</param>
internal sealed record EndpointStatus(
    Guid Id, string Url, IReadOnlyList<string> Events, IReadOnlyList<string>? Coins, string Format, long? PerSecond, DateTimeOffset CreatedAt,
    long Position, long LastPosition, long Lag, long Failures, DateTimeOffset? FailingSince, string? LastFailure,
    DateTimeOffset? NextAttemptAt, long DeadLetters, DateTimeOffset? DisabledAt, string? DisabledReason, DateTimeOffset? LastDeliveredAt);

/// <summary>All of a client's endpoints.</summary>
internal sealed record EndpointList(IReadOnlyList<EndpointStatus> Endpoints);

/// <summary>Asks for another key.</summary>
/// <param name="Kind"><c>v1</c> or <c>v1a</c>.</param>
/// <param name="OverlapSeconds">How long the one before signs as well; absent for a day.</param>
internal sealed record RotateBody(string? Kind, long? OverlapSeconds);

/// <summary>Another key; the one time a secret is shown.</summary>
internal sealed record RotatedKey(string Kind, string? Secret, string? PublicKey, DateTimeOffset OldEndsAt);

/// <summary>A key without what is secret of it.</summary>
internal sealed record KeyStatus(string Kind, string? PublicKey, DateTimeOffset CreatedAt, DateTimeOffset? EndsAt);

/// <summary>An endpoint's keys, and the names of the headers sent along.</summary>
internal sealed record KeyList(IReadOnlyList<KeyStatus> Keys, IReadOnlyList<string> Headers);

/// <summary>Asks for one event once more.</summary>
/// <param name="Position">Its place in the log.</param>
/// <param name="Type">Its type; needed where the endpoint wants several that are at that place.</param>
/// <param name="Change">Instead of both, the number of a change that is not in the log.</param>
internal sealed record ResendBody(long? Position, string? Type, long? Change);

/// <summary>Asks for all events since a time, or after a place of the log, once more.</summary>
internal sealed record RecoverBody(DateTimeOffset? Since, long? After);

/// <summary>Where deliveries go on.</summary>
internal sealed record Recovering(long After, long Events);

/// <summary>One attempt at a message.</summary>
/// <param name="Id">Its id; as <c>before</c>, those that came before it.</param>
/// <param name="MessageId">The same on every attempt at the same event.</param>
/// <param name="Type">The event's type.</param>
/// <param name="Position">The event's place in the log; null for a test.</param>
/// <param name="Number">1 for the first in a row; 0 for one that was asked for.</param>
/// <param name="BeganAt">When.</param>
/// <param name="DurationMs">How long it took.</param>
/// <param name="Status">The answer's status; null without one.</param>
/// <param name="Failure">Why it counts as failed; null when it was delivered.</param>
/// <param name="AnswerHeaders">A line each.</param>
/// <param name="Answer">The first 4 KiB of the answer, read as UTF-8.</param>
internal sealed record AttemptStatus(
    Guid Id, string MessageId, string Type, long? Position, long Number, DateTimeOffset BeganAt, long DurationMs, long? Status,
    string? Failure, string? AnswerHeaders, string? Answer);

/// <summary>Attempts, the newest first.</summary>
internal sealed record AttemptList(IReadOnlyList<AttemptStatus> Attempts);

/// <summary>An event that was given up.</summary>
/// <param name="Position">Its place in the log; of a change, the place that it comes after.</param>
/// <param name="Type">Its type.</param>
/// <param name="Change">The number of a change; null for what is in the log.</param>
/// <param name="Attempts">How many.</param>
/// <param name="Reason">Why the last one failed.</param>
/// <param name="DiedAt">When.</param>
internal sealed record DeadLetterStatus(long Position, string Type, long? Change, long Attempts, string Reason, DateTimeOffset DiedAt);

/// <summary>Events that were given up, the oldest first.</summary>
internal sealed record DeadLetterList(IReadOnlyList<DeadLetterStatus> DeadLetters);
