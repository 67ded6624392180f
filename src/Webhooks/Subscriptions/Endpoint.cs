namespace Rally.Webhooks.Subscriptions;

/// <summary>A subscription as stored.</summary>
/// <param name="Id">Its id (UUID version 7).</param>
/// <param name="ClientId">The client that owns it.</param>
/// <param name="Url">Where deliveries go.</param>
/// <param name="Events">The event types it wants, separated by spaces.</param>
/// <param name="Coins">The coins it wants, separated by spaces; null for all.</param>
/// <param name="Secret">The signing secret, encrypted.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Revision">Rises with every change by its owner.</param>
/// <param name="Position">The last place in the log that is dealt with.</param>
/// <param name="Attempts">Failed attempts at what comes after <paramref name="Position"/>.</param>
/// <param name="NextAttemptAt">Not to be tried before this; null for at once.</param>
/// <param name="FailingSince">The first failure after the last success.</param>
/// <param name="LastFailure">Why the last attempt failed.</param>
/// <param name="DisabledAt">Since when nothing is sent; null while it is.</param>
/// <param name="DisabledReason">Why nothing is sent.</param>
internal sealed record Endpoint(
    Guid Id,
    string ClientId,
    string Url,
    string Events,
    string? Coins,
    byte[] Secret,
    DateTimeOffset CreatedAt,
    long Revision,
    long Position,
    long Attempts,
    DateTimeOffset? NextAttemptAt,
    DateTimeOffset? FailingSince,
    string? LastFailure,
    DateTimeOffset? DisabledAt,
    string? DisabledReason)
{
    /// <summary>The columns, in the order of the parameters.</summary>
    public const string Columns =
        "id, client_id, url, events, coins, secret, created_at, revision, position, attempts, " +
        "next_attempt_at, failing_since, last_failure, disabled_at, disabled_reason";

    public IReadOnlyList<string> EventList => Events.Split(' ');

    public IReadOnlyList<string>? CoinList => Coins?.Split(' ');
}
