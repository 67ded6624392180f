using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Rally.Auth.Former;

/// <summary>How programs of the former Rally's API send and read JSON. They send more than we know of, so nothing is refused for that.</summary>
internal static class FormerJson
{
    public const int LargestBytes = 16 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 4 };

    /// <returns>The body, an object; or why it cannot be read. What its Content-Type says is not looked at.</returns>
    public static async Task<(JsonElement Body, IResult? Problem)> ReadAsync(HttpRequest request)
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(request.Body, Strict, request.HttpContext.RequestAborted);
            return body.RootElement.ValueKind == JsonValueKind.Object
                ? (body.RootElement.Clone(), null)
                : (default, BadRequest("The body must be a JSON object."));
        }
        catch (JsonException malformed)
        {
            return (default, BadRequest($"The body is not valid JSON: {malformed.Message}"));
        }
        catch (InvalidOperationException)
        {
            // JsonElement's way of saying that a name holds half of a surrogate pair.
            return (default, BadRequest("The body holds text that is not valid Unicode."));
        }
        catch (BadHttpRequestException tooLarge) when (tooLarge.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return (default, Problem(tooLarge.StatusCode, "invalid-request", "The request cannot be understood", $"The body is larger than {LargestBytes} bytes."));
        }
    }

    /// <returns>Null when the member is missing, empty, or not a string of Unicode.</returns>
    public static string? Text(JsonElement body, string member)
    {
        try
        {
            return body.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
                ? text
                : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Ids came with dashes and without.</summary>
    public static bool TryId(string? text, out Guid id) => Guid.TryParseExact(text, "D", out id) || Guid.TryParseExact(text, "N", out id);

    /// <summary>An answer that nobody caches.</summary>
    public static IResult Ok<T>(HttpContext context, T value)
    {
        context.Response.Headers[HeaderNames.CacheControl] = "no-store";
        return Results.Json(value);
    }

    public static ProblemHttpResult BadRequest(string detail) =>
        Problem(StatusCodes.Status400BadRequest, "invalid-request", "The request cannot be understood", detail);

    public static ProblemHttpResult Unauthorized(HttpContext context, string detail)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer realm=\"api\"";
        return Problem(StatusCodes.Status401Unauthorized, "unauthorized", "There is no valid token", detail);
    }

    public static ProblemHttpResult Forbidden(string type, string detail) =>
        Problem(StatusCodes.Status403Forbidden, type, "The token may not do that", detail);

    /// <summary>A refusal, whose sentence stands where those programs look for it, too.</summary>
    public static ProblemHttpResult Problem(int status, string type, string title, string detail) => TypedResults.Problem(
        detail, statusCode: status, title: title, type: "urn:rally:" + type, extensions: new Dictionary<string, object?> { ["errorMessage"] = detail });
}
