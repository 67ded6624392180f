using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Rally.Sandbox.DiscordServer.Faults;
using Rally.Sandbox.DiscordServer.RateLimits;
using Rally.Sandbox.DiscordServer.State;

namespace Rally.Sandbox.DiscordServer.Rest;

/// <summary>What every REST request goes through: faults, token, rate limit, body, route, error.</summary>
internal sealed class RestPipeline(World world, RateLimiter limiter, FaultPlan faults, RestTraffic traffic)
{
    public const string Root = "/api/v10";

    public async Task RunAsync(HttpContext http, RestRoute? route)
    {
        try
        {
            if (await MeetFaultAsync(http))
                return;
            try
            {
                var reply = await AnswerAsync(http, route);
                await WriteAsync(http, reply.Status, reply.Body);
            }
            catch (RestRefusal refusal)
            {
                await WriteAsync(http, refusal.Status, refusal.ToJson());
            }
        }
        finally
        {
            traffic.Count(http.Response.StatusCode);
        }
    }

    private async Task<RestReply> AnswerAsync(HttpContext http, RestRoute? route)
    {
        if (route is null)
            throw RestRefusal.NotFound();
        if (!route.IsAnonymous && !RestCall.HasBotToken(http.Request, world))
            throw RestRefusal.Unauthorized();

        if (limiter.Take(route.Rule, Major(http)) is { } verdict)
        {
            verdict.WriteHeaders(http.Response.Headers);
            if (!verdict.Allowed)
                return new(429, RateLimitVerdict.Refuse(http.Response.Headers, verdict.ResetAfter, verdict.IsGlobal));
        }

        return await route.Handle(await RestCall.ReadAsync(http));
    }

    /// <summary>True when the fault was the answer.</summary>
    private async Task<bool> MeetFaultAsync(HttpContext http)
    {
        var path = http.Request.Path.Value![Root.Length..];
        if (faults.Take(http.Request.Method, path) is not { } fault)
            return false;
        if (fault.DelayMs > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(fault.DelayMs), world.Time, http.RequestAborted);
        if (fault.Status is not { } status)
            return false;

        if (status == 429)
            http.Response.Headers["X-RateLimit-Scope"] = "user";
        await WriteAsync(http, status, status switch
        {
            429 => RateLimitVerdict.Refuse(http.Response.Headers, TimeSpan.FromSeconds(fault.RetryAfterSeconds), isGlobal: false),
            403 => RestRefusal.MissingPermissions().ToJson(),
            _ => new() { ["message"] = $"{status}: {ReasonPhrases.GetReasonPhrase(status)}", ["code"] = 0 },
        });
        return true;
    }

    /// <summary>Discord counts a route apart for each guild, channel and webhook.</summary>
    private static string Major(HttpContext http) =>
        (http.GetRouteValue("guild") ?? http.GetRouteValue("channel") ?? http.GetRouteValue("token")) as string ?? "";

    private static Task WriteAsync(HttpContext http, int status, JsonNode? body)
    {
        http.Response.StatusCode = status;
        return body is null ? Task.CompletedTask : http.Response.WriteAsJsonAsync(body, http.RequestAborted);
    }
}
