using System.Diagnostics;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Rally.Webhooks.Approvals;
using Rally.Webhooks.Subscriptions;

namespace Rally.Webhooks.Api;

/// <summary>Endpoints over HTTP. A client sees its own only: another's is as if it were not there.</summary>
internal static class EndpointRoutes
{
    public const string Scope = "webhooks:manage";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var endpoints = routes.MapGroup("/webhook-endpoints")
            .RequireAuthorization(policy => policy.RequireClaim("scope", Scope).RequireClaim("client_id"))
            .WithTags("Webhooks");
        endpoints.MapPost("/", CreateAsync);
        endpoints.MapGet("/", ListAsync);
        endpoints.MapGet("/{id:guid}", ReadAsync);
        endpoints.MapPatch("/{id:guid}", ChangeAsync);
        endpoints.MapDelete("/{id:guid}", RemoveAsync);
        endpoints.MapGet("/approvals", ApprovalsAsync);
        DeliveryRoutes.Map(endpoints);
        ApprovalRoutes.Map(routes);
    }

    private static async Task<Results<Created<CreatedEndpoint>, ProblemHttpResult>> CreateAsync(
        CreateBody body, ClaimsPrincipal user, HttpRequest request, CreateEndpoint create, CancellationToken stop) =>
        await create.ExecuteAsync(new(user.ClientId, body.Url, body.Events, body.Coins, body.After)
        {
            Format = body.Format,
            Signatures = body.Signatures,
            Headers = body.Headers,
            PerSecond = body.PerSecond,
        }, stop) switch
        {
            CreateEndpoint.Result.Created(var made, var secret, var publicKey) => TypedResults.Created(
                $"{request.PathBase}{request.Path.Value!.TrimEnd('/')}/{made.Id}",
                new CreatedEndpoint(made.Id, made.Url, made.EventList, made.CoinList, made.Format, secret?.Reveal(), publicKey?.ToString(), made.Position)),
            CreateEndpoint.Result.Invalid(var reason) => Problems.Invalid(reason),
            CreateEndpoint.Result.TooMany(var most) => Problems.TooMany(most),
            var result => throw new UnreachableException($"{result}"),
        };

    private static async Task<Ok<EndpointList>> ListAsync(ClaimsPrincipal user, ReadEndpoints read, CancellationToken stop) =>
        TypedResults.Ok(new EndpointList([.. (await read.ExecuteAsync(new(user.ClientId), stop)).Select(Show)]));

    private static async Task<Ok<ApprovedCoins>> ApprovalsAsync(ClaimsPrincipal user, ReadApprovals read, CancellationToken stop) =>
        TypedResults.Ok(new ApprovedCoins(await read.OfClientAsync(user.ClientId, stop)));

    private static async Task<Results<Ok<EndpointStatus>, ProblemHttpResult>> ReadAsync(
        Guid id, ClaimsPrincipal user, ReadEndpoints read, CancellationToken stop) =>
        await read.ExecuteAsync(new(user.ClientId, id), stop) is [var status] ? TypedResults.Ok(Show(status)) : Problems.NotFound();

    private static async Task<Results<Ok<EndpointStatus>, ProblemHttpResult>> ChangeAsync(
        Guid id, ChangeBody body, ClaimsPrincipal user, ChangeEndpoint change, ReadEndpoints read, CancellationToken stop) =>
        await change.ExecuteAsync(new(user.ClientId, id, body.Url, body.Events, body.CoinsGiven, body.Coins, body.Enabled)
        {
            Headers = body.Headers,
            PerSecondGiven = body.PerSecondGiven,
            PerSecond = body.PerSecond,
        }, stop) switch
        {
            ChangeEndpoint.Result.Changed => await ReadAsync(id, user, read, stop),
            ChangeEndpoint.Result.Invalid(var reason) => Problems.Invalid(reason),
            ChangeEndpoint.Result.NotFound => Problems.NotFound(),
            var result => throw new UnreachableException($"{result}"),
        };

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(
        Guid id, ClaimsPrincipal user, RemoveEndpoint remove, CancellationToken stop) =>
        await remove.ExecuteAsync(new(user.ClientId, id), stop) ? TypedResults.NoContent() : Problems.NotFound();

    private static EndpointStatus Show(ReadEndpoints.Status status)
    {
        var endpoint = status.Endpoint;
        return new(
            endpoint.Id, endpoint.Url, endpoint.EventList, endpoint.CoinList, endpoint.Format, endpoint.PerSecond, endpoint.CreatedAt, endpoint.Position,
            status.LastPosition, status.Lag, endpoint.Attempts, endpoint.FailingSince, endpoint.LastFailure,
            endpoint.NextAttemptAt, status.DeadLetters, endpoint.DisabledAt, endpoint.DisabledReason,
            status.LastDeliveredAt);
    }
}
