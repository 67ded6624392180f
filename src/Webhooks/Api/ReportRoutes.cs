using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Rally.Webhooks.Reports;

namespace Rally.Webhooks.Api;

/// <summary>What clients outside of the network report, to be told by it.</summary>
internal static class ReportRoutes
{
    private const string Scope = "tiers:report";

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/tier-changes", ReportAsync)
        .RequireAuthorization(policy => policy.RequireClaim("scope", Scope).RequireClaim("client_id"))
        .WithTags("Webhooks").WithName("reportTierChange").WithSummary("Tell that somebody gained or lost a role by what they hold")
        .WithDescription("For clients that the operator lets do so. The same report again is answered as the first time and told once.")
        .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status401Unauthorized)
        .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<Results<Ok<RecordedReport>, ProblemHttpResult>> ReportAsync(
        TierChangeBody body, ClaimsPrincipal user, ReportTierChange report, CancellationToken stop) =>
        await report.ExecuteAsync(new(
            user.ClientId, body.Id, body.Coin, body.Account, body.Platform, body.Place, body.Role, body.Change, body.HappenedAt), stop) switch
        {
            ReportTierChange.Result.Recorded(var id, var receivedAt) => TypedResults.Ok(new RecordedReport(id, receivedAt)),
            ReportTierChange.Result.Invalid(var reason) => Problems.InvalidReport(reason),
            ReportTierChange.Result.UnknownCoin(var symbol) => Problems.ReportOfUnknownCoin(symbol),
            ReportTierChange.Result.UnknownAccount(var account) => Problems.ReportOfUnknownAccount(account),
            ReportTierChange.Result.Conflict => Problems.ReportConflict(),
            var result => throw new UnreachableException($"{result}"),
        };
}

/// <summary>A change of somebody's roles; all members are needed.</summary>
internal sealed record TierChangeBody(
    [property: Description("A UUID of the reporter's making, the same whenever it sends the report again.")] string? Id,
    [property: Description("The symbol of the coin that opens the role.")] string? Coin,
    [property: Description("The Rally id of who gained or lost it.")] string? Account,
    [property: AllowedValues(TierReport.Discord), Description("Where the role is.")] string? Platform,
    [property: Description("The id of the Discord server, in digits.")] string? Place,
    [property: Description("The id of the role, in digits.")] string? Role,
    [property: AllowedValues(TierReport.Gained, TierReport.Lost)] string? Change,
    [property: Description("When it happened, such as 2026-11-21T10:00:00Z.")] string? HappenedAt);

/// <summary>A report as it was taken.</summary>
/// <param name="Id">The reporter's.</param>
/// <param name="ReceivedAt">When it came first.</param>
internal sealed record RecordedReport(Guid Id, DateTimeOffset ReceivedAt);
