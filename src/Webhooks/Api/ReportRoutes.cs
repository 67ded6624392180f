using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Rally.Webhooks.Reports;

namespace Rally.Webhooks.Api;

/// <summary>What clients outside of the network report, to be told by it.</summary>
internal static class ReportRoutes
{
    private const string Scope = "tiers:report";

    // Of a hundred reports, with much room for how they are written.
    private const int LargestBytes = 128 * 1024;

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/tier-changes", ReportAsync)
        .WithMetadata(new RequestSizeLimitAttribute(LargestBytes))
        .RequireAuthorization(policy => policy.RequireClaim("scope", Scope).RequireClaim("client_id"))
        .WithTags("Webhooks").WithName("reportTierChanges").WithSummary("Tell that people gained or lost roles by what they hold")
        .WithDescription("For clients that the operator lets do so. Each report is answered on its own, the same again as the first time, and told once.")
        .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status401Unauthorized)
        .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<Results<Ok<ReportAnswers>, ProblemHttpResult>> ReportAsync(
        TierChangesBody body, ClaimsPrincipal user, ReportTierChanges report, CancellationToken stop)
    {
        if (body.Reports is not { Count: > 0 and <= ReportTierChanges.Most } reports)
            return Problems.InvalidReport($"reports must be a list of 1 to {ReportTierChanges.Most}.");
        var results = await report.ExecuteAsync(user.ClientId, [.. reports.Select(RequestOf)], stop);
        return TypedResults.Ok(new ReportAnswers([.. results.Select((result, i) => Answer(reports[i]?.Id, result))]));
    }

    // One that is no object has nothing that is asked for.
    private static ReportTierChanges.Request RequestOf(TierChangeBody? body) => new(
        body?.Id, body?.Coin, body?.Account, body?.Platform, body?.Place, body?.Role, body?.Change, body?.HappenedAt);

    private static ReportAnswer Answer(string? id, ReportTierChanges.Result result) => result switch
    {
        ReportTierChanges.Result.Recorded(_, var receivedAt) => new(id, receivedAt, null),
        ReportTierChanges.Result.Invalid(var reason) => new(id, null, Problems.InvalidReport(reason).ProblemDetails),
        ReportTierChanges.Result.UnknownCoin(var symbol) => new(id, null, Problems.ReportOfUnknownCoin(symbol).ProblemDetails),
        ReportTierChanges.Result.UnknownAccount(var account) => new(id, null, Problems.ReportOfUnknownAccount(account).ProblemDetails),
        ReportTierChanges.Result.Conflict => new(id, null, Problems.ReportConflict().ProblemDetails),
        _ => throw new UnreachableException($"{result}"),
    };
}

/// <summary>Changes of people's roles.</summary>
internal sealed record TierChangesBody(
    [property: Description("1 to 100, in the order in which they are to be told.")] IReadOnlyList<TierChangeBody?>? Reports);

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

/// <summary>What became of each report, in their order.</summary>
internal sealed record ReportAnswers(IReadOnlyList<ReportAnswer> Results);

/// <summary>What became of one report.</summary>
/// <param name="Id">The reporter's, as it was sent.</param>
/// <param name="ReceivedAt">When it came first; null for one that is refused.</param>
/// <param name="Problem">Why it is refused, as a request of its own would be told; null for one that is taken.</param>
internal sealed record ReportAnswer(string? Id, DateTimeOffset? ReceivedAt, ProblemDetails? Problem);
