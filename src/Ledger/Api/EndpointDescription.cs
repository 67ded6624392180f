using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Rally.Ledger.Api;

/// <summary>The scope a token needs for an endpoint, for the API's document.</summary>
/// <param name="Name">The scope.</param>
/// <param name="IsOptional">Without a token there is an answer too.</param>
internal sealed record NeededScope(string Name, bool IsOptional);

/// <summary>
/// What an endpoint's body looks like, for the API's document. Not the framework's own metadata: that would let the
/// routing refuse other content types, without a word of what to send.
/// </summary>
internal sealed record TakenBody(Type Type);

/// <summary>Marks the endpoints of the former Rally's first API, whose errors carry <c>errorMessage</c>.</summary>
internal sealed record FormerApi;

/// <summary>Marks endpoints that answer people with pages.</summary>
/// <param name="Refusal">The page for one who asked too often, with the seconds to wait.</param>
internal sealed record LimitedPage(Func<long, IResult> Refusal);

/// <summary>What endpoints say about themselves.</summary>
internal static class EndpointDescription
{
    public static RouteHandlerBuilder Described(this RouteHandlerBuilder endpoint, string name, string summary, string description) =>
        endpoint.WithName(name).WithSummary(summary).WithDescription(description);

    public static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder endpoint) => endpoint.WithMetadata(new TakenBody(typeof(T)));

    public static RouteHandlerBuilder Needs(this RouteHandlerBuilder endpoint, OperationAuthorizationRequirement operation, bool optional = false) =>
        endpoint.WithMetadata(new NeededScope(operation.Name, optional)).Refuses(StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden);

    /// <param name="endpoint">Any.</param>
    /// <param name="policy">One of <see cref="RateLimit"/>'s.</param>
    public static RouteHandlerBuilder Limited(this RouteHandlerBuilder endpoint, string policy) =>
        endpoint.RequireRateLimiting(policy).Refuses(policy == RateLimit.Writes ? [429, 503] : [429]);

    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder endpoint, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses)
            endpoint.ProducesProblem(status);
        return endpoint;
    }
}
