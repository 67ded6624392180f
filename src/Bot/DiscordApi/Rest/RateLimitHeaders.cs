using System.Globalization;

namespace Rally.Bot.DiscordApi.Rest;

/// <summary>What an answer says of the bucket it was counted in.</summary>
/// <param name="Bucket">Names the limit; several routes may share it, each major parameter has its own count.</param>
internal sealed record RateLimitHeaders(string? Bucket, int Limit, int Remaining, TimeSpan ResetAfter)
{
    /// <summary>Null where Discord states no limit.</summary>
    public static RateLimitHeaders? TryRead(HttpResponseMessage response)
    {
        if (Number(response, "X-RateLimit-Limit") is not { } limit
            || Number(response, "X-RateLimit-Remaining") is not { } remaining
            || Number(response, "X-RateLimit-Reset-After") is not { } resetAfter)
            return null;
        return new(Text(response, "X-RateLimit-Bucket"), (int)limit, (int)remaining, TimeSpan.FromSeconds(resetAfter));
    }

    /// <summary><c>user</c>, <c>global</c> or <c>shared</c>, on a 429.</summary>
    public static string? Scope(HttpResponseMessage response) => Text(response, "X-RateLimit-Scope");

    /// <summary>The standard header, in seconds, where Discord puts fractions too.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage response) =>
        Number(response, "Retry-After") is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    private static string? Text(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    private static double? Number(HttpResponseMessage response, string name) =>
        double.TryParse(Text(response, name), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
        && value < TimeSpan.SecondsPerDay
            ? value
            : null;
}
