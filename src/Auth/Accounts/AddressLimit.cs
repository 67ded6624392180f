using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Rally.Auth.Pages;

namespace Rally.Auth.Accounts;

/// <summary>
/// Keeps one address from trying passwords on many accounts, opening accounts without end, or asking for mail to others.
/// All forms it stands before take from one share. This machine itself has no limit: a reverse proxy that is not named in
/// <c>Proxies</c> would otherwise let one stranger use up the share of everybody.
/// </summary>
internal sealed class AddressLimit : IEndpointFilter, IDisposable
{
    private readonly PartitionedRateLimiter<string> _shares;

    public AddressLimit(IOptions<AuthOptions> options)
    {
        var limits = options.Value.RateLimit;
        _shares = PartitionedRateLimiter.Create<string, string>(network => RateLimitPartition.GetTokenBucketLimiter(network, _ => new()
        {
            TokenLimit = limits.Burst,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromMinutes(1) / limits.PerMinute,
            QueueLimit = 0,
        }));
    }

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (SecondsToWait(context.HttpContext) is not { } seconds)
            return await next(context);
        return new PageResult(
            "Too many tries",
            $"""<p role="alert">There were too many tries from your network. Wait {seconds} s, go back, and try again.</p>""",
            StatusCodes.Status429TooManyRequests);
    }

    /// <summary>Takes a try from the caller's share.</summary>
    /// <returns>Null, or if none was left, after how many seconds there is one again, which the answer's headers then say too.</returns>
    public int? SecondsToWait(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress;
        if (address is not null && IPAddress.IsLoopback(address))
            return null;
        using var lease = _shares.AttemptAcquire(CallerAddress.Network(address));
        if (lease.IsAcquired)
            return null;
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter) ? retryAfter : TimeSpan.FromSeconds(1);
        var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return seconds;
    }

    public void Dispose() => _shares.Dispose();
}
