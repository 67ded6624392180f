using Rally.Webhooks.Deliveries;
using Rally.Webhooks.Events;

namespace Rally.Webhooks.Subscriptions;

/// <summary>A subscription as stored.</summary>
/// <remarks>
/// Properties, not a positional record: SQLite does not tell the types of an empty result, and a constructor would
/// not match then.
/// </remarks>
internal sealed record Endpoint
{
    /// <summary>What to select.</summary>
    public const string Columns =
        "id, client_id, url, events, format, coins, headers, per_second, created_at, revision, epoch, position, step, change, attempts, " +
        "next_attempt_at, failing_since, last_failure, disabled_at, disabled_reason";

    /// <summary>Its id (UUID version 7).</summary>
    public required Guid Id { get; init; }

    /// <summary>The client that owns it.</summary>
    public required string ClientId { get; init; }

    /// <summary>Where deliveries go.</summary>
    public required string Url { get; init; }

    /// <summary>The event types it wants, separated by spaces.</summary>
    public required string Events { get; init; }

    /// <summary>What bodies look like; see <see cref="EventFormat"/>.</summary>
    public string Format { get; init; } = EventFormat.Standard;

    /// <summary>The coins it wants, separated by spaces; null for all.</summary>
    public string? Coins { get; init; }

    /// <summary>Headers that its owner wants sent along, encrypted; null for none.</summary>
    public byte[]? Headers { get; init; }

    /// <summary>How many messages it gets in a second at most; null for no limit.</summary>
    public long? PerSecond { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Rises with every change by its owner.</summary>
    public required long Revision { get; init; }

    /// <summary>Rises when <see cref="Position"/> is put back.</summary>
    public long Epoch { get; init; }

    /// <summary>The last place in the log that is dealt with as a whole.</summary>
    public required long Position { get; init; }

    /// <summary>How many events of the place after <see cref="Position"/> are dealt with.</summary>
    public long Step { get; init; }

    /// <summary>The last change that is dealt with.</summary>
    public long Change { get; init; }

    /// <summary>Failed attempts at the event that is next.</summary>
    public long Attempts { get; init; }

    /// <summary>Not to be tried before this; null for at once.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>The first failure after the last success; null when the last attempt succeeded.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>Why the last attempt failed.</summary>
    public string? LastFailure { get; init; }

    /// <summary>Since when nothing is sent; null while it is.</summary>
    public DateTimeOffset? DisabledAt { get; init; }

    /// <summary>Why nothing is sent.</summary>
    public string? DisabledReason { get; init; }

    public Cursor Cursor => new(Position, Change, Step);

    public IReadOnlyList<string> EventList => Events.Split(' ');

    public IReadOnlyList<string>? CoinList => Coins?.Split(' ');
}
