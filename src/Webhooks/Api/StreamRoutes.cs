using System.Data.Common;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rally.Webhooks.Streams;

namespace Rally.Webhooks.Api;

/// <summary>Events for programs that cannot receive HTTP: server-sent events, which go on where they were.</summary>
internal static partial class StreamRoutes
{
    private const string ContentType = "text/event-stream";

    // RFC 7662, 2.2; whoever checks tokens may name them so.
    private const string TokenId = "jti";

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/events", StreamAsync)
        .RequireAuthorization(policy => policy.RequireClaim("scope", EndpointRoutes.Scope).RequireClaim("client_id"))
        .WithTags("Webhooks").WithSummary("Events as they happen, as server-sent events")
        .Produces<string>(StatusCodes.Status200OK, ContentType)
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity).ProducesProblem(StatusCodes.Status429TooManyRequests);

    private static async Task<Results<EmptyHttpResult, ProblemHttpResult>> StreamAsync(
        string? events, string? coins, string? after, [FromHeader(Name = "Last-Event-ID")] string? lastEventId, HttpContext context,
        ClaimsPrincipal user, BeginStream begin, OpenStreams streams, EventStream stream, IHostApplicationLifetime host, TimeProvider time,
        ILogger<EventStream> log)
    {
        // What the client has seen goes before the address, which stays the same when it comes back.
        var (filter, cursor, wrong) = await begin.ExecuteAsync(events, coins, string.IsNullOrEmpty(lastEventId) ? after : lastEventId, context.RequestAborted);
        if (wrong is not null)
            return Problems.Invalid(wrong);
        if (streams.TryOpen(user.ClientId, user.FindFirstValue(TokenId)) is not { } place)
            return Problems.TooManyStreams(context.Response);
        using var counted = place;

        using var tokenEnds = TokenEnd(context, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, host.ApplicationStopping, tokenEnds.Token, place.Ended);
        Begin(context);
        try
        {
            await stream.RunAsync(context.Response.BodyWriter, user.ClientId, filter, cursor, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (TimeoutException)
        {
            LogSlow(log, user.ClientId);
            context.Abort();
        }
        catch (DbException outage)
        {
            LogOutage(log, outage);
        }

        return TypedResults.Empty;
    }

    /// <summary>Cancelled when the token that opened the stream is good no longer, where whoever checked it says when that is.</summary>
    private static CancellationTokenSource TokenEnd(HttpContext context, TimeProvider time)
    {
        var ends = context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Properties?.ExpiresUtc;
        var left = ends - time.GetUtcNow() ?? Timeout.InfiniteTimeSpan;
        return new(ends is not null && left < TimeSpan.Zero ? TimeSpan.Zero : left, time);
    }

    private static void Begin(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentType = ContentType;
        headers.CacheControl = "no-store";
        headers["X-Accel-Buffering"] = "no"; // what nginx, and others after it, understand
        headers.XContentTypeOptions = "nosniff";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }

    [LoggerMessage(LogLevel.Information, "A stream of events of {Client} is cut off: its reader takes nothing")]
    private static partial void LogSlow(ILogger log, string client);

    [LoggerMessage(LogLevel.Warning, "A stream of events ends, for the log cannot be read")]
    private static partial void LogOutage(ILogger log, Exception outage);
}
