using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;

namespace Rally.Ledger.Api;

/// <summary>Keeps one caller from taking the API away from the others.</summary>
internal sealed class RateLimit(LedgerRateLimits limits, bool writes) : IRateLimiterPolicy<string>
{
    /// <summary>The policy of what only looks.</summary>
    public const string Reads = "ledger.reads";

    /// <summary>The policy of what is committed.</summary>
    public const string Writes = "ledger.writes";

    private const int Ipv6NetworkBytes = 8;

    public Func<OnRejectedContext, CancellationToken, ValueTask> OnRejected => RefuseAsync;

    public RateLimitPartition<string> GetPartition(HttpContext httpContext)
    {
        var (key, isClient) = CallerOf(httpContext);
        var (perSecond, burst) = (writes, isClient) switch
        {
            (true, _) => (limits.WritesPerSecond, limits.WriteBurst),
            (false, true) => (limits.ClientPerSecond, limits.ClientBurst),
            _ => (limits.PerSecond, limits.Burst),
        };
        return RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            TokensPerPeriod = perSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        });
    }

    private static (string Key, bool IsClient) CallerOf(HttpContext http)
    {
        if (http.User.FindFirst("sub")?.Value is { } subject)
            return ("sub " + subject, false);
        if (http.User.FindFirst("client_id")?.Value is { } client)
            return ("client " + client, true);
        return ("address " + Network(http.Connection.RemoteIpAddress), false);
    }

    // Who has one IPv6 address has 2^64 of them.
    private static string Network(IPAddress? address)
    {
        if (address is null)
            return "";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, Ipv6NetworkBytes))
            : address.ToString();
    }

    private async ValueTask RefuseAsync(OnRejectedContext context, CancellationToken stop)
    {
        var http = context.HttpContext;
        var wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter) ? retryAfter : TimeSpan.FromSeconds(1);
        var seconds = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
        http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        var problem = Problems.RateLimited($"Wait {seconds} s, then send the same again.");
        if (http.GetEndpoint()?.Metadata.GetMetadata<FormerApi>() is not null)
            problem = Problems.WithErrorMessage(problem);
        await problem.ExecuteAsync(http).ConfigureAwait(false);
    }
}
