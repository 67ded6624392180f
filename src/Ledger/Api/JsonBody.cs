using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Rally.Ledger.Api;

/// <summary>
/// Reads the body of a request that moves money, strictly: nothing is done on a guess. Every refusal names the member at
/// fault and what to write instead.
/// </summary>
internal static class JsonBody
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 4 };

    /// <param name="http">The request.</param>
    /// <param name="largestBytes">What its endpoint takes, to say so.</param>
    /// <param name="read">Reads the members, all of them before the next await.</param>
    /// <param name="stop">Ends the read.</param>
    /// <returns>What was read, or why it was not.</returns>
    public static async Task<(T? Read, IResult? Problem)> ReadAsync<T>(
        HttpRequest http, int largestBytes, Func<JsonElement, (T? Read, IResult? Problem)> read, CancellationToken stop)
        where T : class
    {
        if (!http.HasJsonContentType())
            return (null, Problems.NotJson());
        try
        {
            using var body = await JsonDocument.ParseAsync(http.Body, Strict, stop).ConfigureAwait(false);
            return read(body.RootElement);
        }
        catch (JsonException malformed)
        {
            return (null, Problems.BadRequest($"The body is not valid JSON: {malformed.Message}"));
        }
        catch (InvalidOperationException)
        {
            // JsonElement's way of saying that a name or a string holds half of a surrogate pair.
            return (null, Problems.BadRequest("The body holds text that is not valid Unicode."));
        }
        catch (BadHttpRequestException tooLarge) when (tooLarge.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return (null, Problems.TooLarge(largestBytes));
        }
    }
}
