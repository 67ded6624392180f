using System.Globalization;
using Rally.Webhooks.Subscriptions;

namespace Rally.Webhooks.Pages;

/// <summary>How times, and how an endpoint stands, look on the pages.</summary>
internal static class Show
{
    public static Html Time(DateTimeOffset time) => $"""
        <time datetime="{time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}">{time.UtcDateTime.ToString("d MMM yyyy HH:mm:ss 'UTC'", CultureInfo.InvariantCulture)}</time>
        """;

    /// <summary>Read out by screen readers at once.</summary>
    public static Html Errors(string? fault) => fault is null ? Html.Empty : $"""
        <div class="errors" role="alert"><h2>Please mend this</h2><ul><li>{fault}</li></ul></div>
        """;

    public static Html Note(string? note) => note is null ? Html.Empty : $"""<p class="link" role="status">{note}</p>""";

    /// <summary>Whether its owner has something to do.</summary>
    public static string LookOf(ReadEndpoints.Status status) => status.Endpoint is { DisabledAt: null, FailingSince: null } ? "link" : "warning";

    public static Html State(ReadEndpoints.Status status)
    {
        var endpoint = status.Endpoint;
        if (endpoint.DisabledAt is { } disabled)
            return $"<strong>Disabled</strong> {Time(disabled)}: {endpoint.DisabledReason?.TrimEnd('.')}. What it misses is kept for it.";
        if (endpoint.FailingSince is { } since)
            return $"<strong>Failing</strong> since {Time(since)}: {endpoint.LastFailure} {Next(endpoint)}";
        return status.Lag == 0
            ? (Html)$"<strong>Up to date.</strong>"
            : (Html)$"<strong>Delivering.</strong> {status.Lag} {Places(status.Lag)} of the log to go.";
    }

    public static Html LastDelivery(ReadEndpoints.Status status) =>
        status.LastDeliveredAt is { } at ? (Html)$"Last delivery {Time(at)}." : (Html)$"No delivery is in the log of attempts.";

    private static Html Next(Endpoint endpoint) => endpoint.NextAttemptAt is { } next ? (Html)$"The next attempt comes {Time(next)}." : Html.Empty;

    private static string Places(long count) => count == 1 ? "place" : "places";
}
