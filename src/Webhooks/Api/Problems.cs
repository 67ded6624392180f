using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Rally.Webhooks.Api;

/// <summary>Every refusal of this module over HTTP.</summary>
internal static class Problems
{
    public static ProblemHttpResult Invalid(string reason) => Refused("invalid-endpoint", "Not a valid endpoint", reason);

    public static ProblemHttpResult TooMany(int most) =>
        Refused("too-many-endpoints", "Too many endpoints", $"A client may have {most} endpoints: remove one first.");

    public static ProblemHttpResult NoSuchCoin() => TypedResults.Problem(
        "There is no such coin, or nobody launched it.", statusCode: StatusCodes.Status404NotFound, title: "Not found", type: "urn:rally:unknown-coin");

    public static ProblemHttpResult NoSuchApp() => TypedResults.Problem(
        "There is no such app.", statusCode: StatusCodes.Status404NotFound, title: "Not found", type: "urn:rally:not-found");

    public static ProblemHttpResult TooManyApps(int most) =>
        Refused("too-many-apps", "Too many apps", $"A coin may have {most} approved apps: withdraw one first.");

    public static ProblemHttpResult TooManyStreams(HttpResponse response)
    {
        response.Headers.RetryAfter = "5";
        return TypedResults.Problem(
            "The client has as many streams open as it may: close one first.",
            statusCode: StatusCodes.Status429TooManyRequests, title: "Too many streams", type: "urn:rally:too-many-streams");
    }

    public static ProblemHttpResult InvalidReport(string reason) => Refused("invalid-report", "Not a valid report", reason);

    public static ProblemHttpResult ReportOfUnknownCoin(string symbol) =>
        Refused("unknown-coin", "There is no such coin", $"No coin has the symbol '{symbol}'.");

    public static ProblemHttpResult ReportOfUnknownAccount(Guid account) =>
        Refused("unknown-account", "There is no such account", $"No account has the Rally id {account}, or it has none any more.");

    public static ProblemHttpResult ReportConflict() => TypedResults.Problem(
        "You have sent another report with this id: make one of its own for each.",
        statusCode: StatusCodes.Status409Conflict, title: "The id is taken", type: "urn:rally:id-conflict");

    public static ProblemHttpResult NotFound() => TypedResults.Problem(
        "There is no such endpoint.", statusCode: StatusCodes.Status404NotFound, title: "Not found", type: "urn:rally:not-found");

    private static ProblemHttpResult Refused(string type, string title, string reason) => TypedResults.Problem(
        reason, statusCode: StatusCodes.Status422UnprocessableEntity, title: title, type: $"urn:rally:{type}");
}
