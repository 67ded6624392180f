using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;

namespace Rally.Ledger.Api;

/// <summary>
/// Keeps one caller from taking the API away from the others. Every request takes one from the caller's share; what costs
/// more takes the rest with <see cref="Charge"/> once that is known.
/// </summary>
internal sealed class RateLimit : IRateLimiterPolicy<RateLimit.Caller>, IDisposable
{
    /// <summary>The policy of what only looks.</summary>
    public const string Reads = "ledger.reads";

    /// <summary>The policy of what is committed.</summary>
    public const string Writes = "ledger.writes";

    private const int Ipv6NetworkBytes = 8;

    private readonly LedgerRateLimits _limits;
    private readonly bool _writes;
    private readonly PartitionedRateLimiter<Caller> _shares;

    public RateLimit(LedgerRateLimits limits, bool writes)
    {
        (_limits, _writes) = (limits, writes);
        _shares = PartitionedRateLimiter.Create<Caller, Caller>(caller => RateLimitPartition.GetTokenBucketLimiter(caller, Bucket));
    }

    public Func<OnRejectedContext, CancellationToken, ValueTask> OnRejected => RefuseAsync;

    public RateLimitPartition<Caller> GetPartition(HttpContext httpContext) =>
        RateLimitPartition.Get(CallerOf(httpContext), caller => new Share(_shares, caller));

    /// <summary>Takes more from the caller's share, beyond the one that every request takes; never more than a full share has.</summary>
    /// <param name="http">The request.</param>
    /// <param name="more">What it costs, less one.</param>
    /// <returns>Null when that was there; else what to answer.</returns>
    public IResult? Charge(HttpContext http, int more)
    {
        var caller = CallerOf(http);
        more = Math.Min(more, Bucket(caller).TokenLimit - 1);
        if (more <= 0)
            return null;
        using var lease = _shares.AttemptAcquire(caller, more);
        // Asking again costs one again.
        return lease.IsAcquired ? null : Refusal(http, lease, TimeSpan.FromSeconds(1));
    }

    public void Dispose() => _shares.Dispose();

    private TokenBucketRateLimiterOptions Bucket(Caller caller)
    {
        var (perSecond, burst) = (_writes, caller.IsClient) switch
        {
            (true, _) => (_limits.WritesPerSecond, _limits.WriteBurst),
            (false, true) => (_limits.ClientPerSecond, _limits.ClientBurst),
            _ => (_limits.PerSecond, _limits.Burst),
        };
        return new()
        {
            TokenLimit = burst,
            TokensPerPeriod = perSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        };
    }

    private static Caller CallerOf(HttpContext http)
    {
        if (http.User.FindFirst("sub")?.Value is { } subject)
            return new("sub " + subject, false);
        if (http.User.FindFirst("client_id")?.Value is { } client)
            return new("client " + client, true);
        return new("address " + Network(http.Connection.RemoteIpAddress), false);
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

    private static async ValueTask RefuseAsync(OnRejectedContext context, CancellationToken stop) =>
        await Refusal(context.HttpContext, context.Lease, TimeSpan.Zero).ExecuteAsync(context.HttpContext).ConfigureAwait(false);

    private static IResult Refusal(HttpContext http, RateLimitLease lease, TimeSpan beyond)
    {
        var wait = (lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter) ? retryAfter : TimeSpan.FromSeconds(1)) + beyond;
        var seconds = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
        http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        var shapes = http.GetEndpoint()?.Metadata;
        if (shapes?.GetMetadata<LimitedPage>() is { } page)
            return page.Refusal(seconds);
        var problem = Problems.RateLimited($"Wait {seconds} s, then send the same again.");
        return shapes?.GetMetadata<FormerApi>() is null ? problem : Problems.WithErrorMessage(problem);
    }

    /// <param name="Key">Who shares one share.</param>
    /// <param name="IsClient">A client with a token of its own.</param>
    internal readonly record struct Caller(string Key, bool IsClient);

    /// <summary>One caller's share as the framework's middleware takes from it; what it has left is kept elsewhere, so it can be dropped at any time.</summary>
    private sealed class Share(PartitionedRateLimiter<Caller> shares, Caller caller) : RateLimiter
    {
        public override TimeSpan? IdleDuration => TimeSpan.MaxValue;

        public override RateLimiterStatistics? GetStatistics() => shares.GetStatistics(caller);

        protected override RateLimitLease AttemptAcquireCore(int permitCount) => shares.AttemptAcquire(caller, permitCount);

        protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken) =>
            shares.AcquireAsync(caller, permitCount, cancellationToken);
    }
}
