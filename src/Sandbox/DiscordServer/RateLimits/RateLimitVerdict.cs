using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Rally.Sandbox.DiscordServer.RateLimits;

/// <summary>Whether a request may pass, and what its bucket's headers say.</summary>
internal sealed record RateLimitVerdict(
    bool Allowed, bool IsGlobal, int Limit, int Remaining, DateTimeOffset Reset, TimeSpan ResetAfter, string Bucket)
{
    public static RateLimitVerdict GlobalRefusal(TimeSpan retryAfter) =>
        new(Allowed: false, IsGlobal: true, 0, 0, default, retryAfter, "");

    public void WriteHeaders(IHeaderDictionary headers)
    {
        if (IsGlobal)
        {
            headers["X-RateLimit-Global"] = "true";
            headers["X-RateLimit-Scope"] = "global";
            return;
        }

        headers["X-RateLimit-Limit"] = Limit.ToString(CultureInfo.InvariantCulture);
        headers["X-RateLimit-Remaining"] = Remaining.ToString(CultureInfo.InvariantCulture);
        headers["X-RateLimit-Reset"] = (Reset.ToUnixTimeMilliseconds() / 1000m).ToString("0.000", CultureInfo.InvariantCulture);
        headers["X-RateLimit-Reset-After"] = Seconds(ResetAfter).ToString("0.000", CultureInfo.InvariantCulture);
        headers["X-RateLimit-Bucket"] = Bucket;
        if (!Allowed)
            headers["X-RateLimit-Scope"] = "user";
    }

    /// <summary>The body of a 429, and its Retry-After header in whole seconds.</summary>
    public static JsonObject Refuse(IHeaderDictionary headers, TimeSpan retryAfter, bool isGlobal)
    {
        headers.RetryAfter = Math.Ceiling(retryAfter.TotalSeconds).ToString("0", CultureInfo.InvariantCulture);
        return new()
        {
            ["message"] = "You are being rate limited.",
            ["retry_after"] = Seconds(retryAfter),
            ["global"] = isGlobal,
        };
    }

    private static decimal Seconds(TimeSpan span) => Math.Ceiling((decimal)span.TotalMilliseconds) / 1000;
}
