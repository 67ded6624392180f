using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Rally.Webhooks.Api;

/// <summary>Every refusal of this module over HTTP.</summary>
internal static class Problems
{
    public static ProblemHttpResult Invalid(string reason) => TypedResults.Problem(
        reason, statusCode: StatusCodes.Status422UnprocessableEntity, title: "Not a valid endpoint", type: "urn:rally:invalid-endpoint");

    public static ProblemHttpResult TooMany(int most) => TypedResults.Problem(
        $"A client may have {most} endpoints: remove one first.",
        statusCode: StatusCodes.Status422UnprocessableEntity, title: "Too many endpoints", type: "urn:rally:too-many-endpoints");

    public static ProblemHttpResult NoSuchCoin() => TypedResults.Problem(
        "There is no such coin, or nobody launched it.", statusCode: StatusCodes.Status404NotFound, title: "Not found", type: "urn:rally:unknown-coin");

    public static ProblemHttpResult NoSuchApp() => TypedResults.Problem(
        "There is no such app.", statusCode: StatusCodes.Status404NotFound, title: "Not found", type: "urn:rally:not-found");

    public static ProblemHttpResult TooManyApps(int most) => TypedResults.Problem(
        $"A coin may have {most} approved apps: withdraw one first.",
        statusCode: StatusCodes.Status422UnprocessableEntity, title: "Too many apps", type: "urn:rally:too-many-apps");

    public static ProblemHttpResult TooManyStreams(HttpResponse response)
    {
        response.Headers.RetryAfter = "5";
        return TypedResults.Problem(
            "The client has as many streams open as it may: close one first.",
            statusCode: StatusCodes.Status429TooManyRequests, title: "Too many streams", type: "urn:rally:too-many-streams");
    }

    public static ProblemHttpResult NotFound() => TypedResults.Problem(
        "There is no such endpoint.", statusCode: StatusCodes.Status404NotFound, title: "Not found", type: "urn:rally:not-found");
}
