using System.Diagnostics;
using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Rally.Ledger.Events;
using Rally.Webhooks.Approvals;

namespace Rally.Webhooks.Api;

/// <summary>Which apps a coin's creator lets know what is private about its transfers.</summary>
internal static class ApprovalRoutes
{
    private static readonly OperationAuthorizationRequirement Manage = new() { Name = "coins:manage" };

    public static void Map(IEndpointRouteBuilder routes)
    {
        var approvals = routes.MapGroup("/coins/{symbol}/webhook-apps")
            .RequireAuthorization(policy => policy.RequireClaim("scope", Manage.Name))
            .WithTags("Webhooks");
        approvals.MapGet("/", ListAsync);
        approvals.MapPut("/{clientId}", ApproveAsync);
        approvals.MapDelete("/{clientId}", WithdrawAsync);
    }

    private static async Task<Results<Ok<ApprovedApps>, ForbidHttpResult, ProblemHttpResult>> ListAsync(
        string symbol, ClaimsPrincipal user, FindCreator creators, IAuthorizationService authorization, ReadApprovals read, CancellationToken stop)
    {
        if (await creators.ExecuteAsync(symbol, stop) is not { } creator)
            return Problems.NoSuchCoin();
        if (!await MayAsync(user, creator, authorization))
            return TypedResults.Forbid();
        var apps = await read.OfCoinAsync(symbol.ToUpperInvariant(), stop);
        return TypedResults.Ok(new ApprovedApps([.. apps.Select(app => new ApprovedApp(app.ClientId, app.ApprovedAt))]));
    }

    private static async Task<Results<NoContent, ForbidHttpResult, ProblemHttpResult>> ApproveAsync(
        string symbol, string clientId, ClaimsPrincipal user, FindCreator creators, IAuthorizationService authorization, ApproveApp approve,
        CancellationToken stop)
    {
        if (await creators.ExecuteAsync(symbol, stop) is not { } creator)
            return Problems.NoSuchCoin();
        if (!await MayAsync(user, creator, authorization))
            return TypedResults.Forbid();
        return await approve.ExecuteAsync(new(symbol.ToUpperInvariant(), clientId), stop) switch
        {
            ApproveApp.Result.Approved => TypedResults.NoContent(),
            ApproveApp.Result.UnknownApp => Problems.NoSuchApp(),
            ApproveApp.Result.TooMany => Problems.TooManyApps(ApproveApp.Most),
            var result => throw new UnreachableException($"{result}"),
        };
    }

    private static async Task<Results<NoContent, ForbidHttpResult, ProblemHttpResult>> WithdrawAsync(
        string symbol, string clientId, ClaimsPrincipal user, FindCreator creators, IAuthorizationService authorization, WithdrawApproval withdraw,
        CancellationToken stop)
    {
        if (await creators.ExecuteAsync(symbol, stop) is not { } creator)
            return Problems.NoSuchCoin();
        if (!await MayAsync(user, creator, authorization))
            return TypedResults.Forbid();
        await withdraw.ExecuteAsync(symbol.ToUpperInvariant(), clientId, stop);
        return TypedResults.NoContent();
    }

    private static async Task<bool> MayAsync(ClaimsPrincipal user, Guid creator, IAuthorizationService authorization) =>
        (await authorization.AuthorizeAsync(user, creator, Manage)).Succeeded;
}

/// <summary>Apps that may know what is private.</summary>
internal sealed record ApprovedApps(IReadOnlyList<ApprovedApp> Apps);

/// <param name="ClientId">The app.</param>
/// <param name="ApprovedAt">Since when.</param>
internal sealed record ApprovedApp(string ClientId, DateTimeOffset ApprovedAt);

/// <summary>The coins whose creators have approved the calling app.</summary>
internal sealed record ApprovedCoins(IReadOnlyList<string> Coins);
