using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Rally.Auth.Server;

/// <summary>The one place where OAuth endpoints answer: snake_case JSON that nobody caches.</summary>
internal static class OAuthJson
{
    private static readonly JsonSerializerOptions SnakeCase = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static IResult Ok<T>(HttpResponse response, T value) => Answer(response, StatusCodes.Status200OK, value);

    public static IResult Created<T>(HttpResponse response, T value) => Answer(response, StatusCodes.Status201Created, value);

    public static IResult Error(HttpResponse response, OAuthError error)
    {
        var unauthenticated = error.Code == OAuthError.InvalidClient.Code;
        if (unauthenticated)
            response.Headers.WWWAuthenticate = "Basic realm=\"oauth2\", charset=\"UTF-8\"";
        return Answer(
            response,
            unauthenticated ? StatusCodes.Status401Unauthorized
                : error == OAuthError.TooManyRequests ? StatusCodes.Status429TooManyRequests
                : StatusCodes.Status400BadRequest,
            new { Error = error.Code, ErrorDescription = error.Description });
    }

    private static IResult Answer<T>(HttpResponse response, int status, T value)
    {
        response.Headers[HeaderNames.CacheControl] = "no-store";
        response.Headers[HeaderNames.Pragma] = "no-cache";
        return Results.Json(value, SnakeCase, statusCode: status);
    }
}
