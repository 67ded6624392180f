using System.Text.Json.Serialization;

namespace Rally.Webhooks.Api;

/// <summary>Asks for a subscription.</summary>
/// <param name="Url">Where deliveries go: absolute, http or https.</param>
/// <param name="Events">Event types, at least one.</param>
/// <param name="Coins">Symbols; null for all coins.</param>
/// <param name="After">Deliver what comes after this position of the log; absent for what comes from now on.</param>
internal sealed record CreateBody(string? Url, IReadOnlyList<string>? Events, IReadOnlyList<string>? Coins, long? After);

/// <summary>Changes what it names; <c>"coins": null</c> means all coins, no <c>coins</c> leaves them as they are.</summary>
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
}

/// <summary>A new endpoint; the one time its secret is shown.</summary>
internal sealed record CreatedEndpoint(
    Guid Id, string Url, IReadOnlyList<string> Events, IReadOnlyList<string>? Coins, string Secret, long Position);

/// <summary>An endpoint and how its deliveries stand.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Url">Where deliveries go.</param>
/// <param name="Events">What it wants.</param>
/// <param name="Coins">Of which coins; null for all.</param>
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
internal sealed record EndpointStatus(
    Guid Id, string Url, IReadOnlyList<string> Events, IReadOnlyList<string>? Coins, DateTimeOffset CreatedAt,
    long Position, long LastPosition, long Lag, long Failures, DateTimeOffset? FailingSince, string? LastFailure,
    DateTimeOffset? NextAttemptAt, long DeadLetters, DateTimeOffset? DisabledAt, string? DisabledReason);

/// <summary>All of a client's endpoints.</summary>
internal sealed record EndpointList(IReadOnlyList<EndpointStatus> Endpoints);
