using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rally.Sandbox.DiscordServer.State;
using Rally.Sandbox.OAuth;

namespace Rally.Sandbox.DiscordServer.Rest;

/// <summary>One REST request whose token, rate limit and body have been seen to.</summary>
internal sealed class RestCall(HttpContext http, JsonNode? body, Uploads uploads)
{
    private const int MaxReasonLength = 512;

    /// <summary>Files that came along.</summary>
    public Uploads Uploads => uploads;

    public CancellationToken Aborted => http.RequestAborted;

    /// <summary>The access token of a person; null when the request came with none.</summary>
    public string? Bearer => OAuthRequest.Bearer(http.Request);

    public bool HasBotToken(World world) => HasBotToken(http.Request, world);

    public static bool HasBotToken(HttpRequest request, World world) =>
        request.Headers.Authorization.FirstOrDefault() is { } header
        && header.StartsWith("Bot ", StringComparison.Ordinal)
        && world.IsBotToken(header["Bot ".Length..]);

    public bool Has(string name) => http.GetRouteValue(name) is not null;

    public ulong Id(string name)
    {
        var value = Text(name);
        return ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id
            : throw FormErrors.Single(name + "_id", "NUMBER_TYPE_COERCE", $"Value \"{value}\" is not snowflake.");
    }

    public string Text(string name) => (string)http.GetRouteValue(name)!;

    public string? Query(string name) => http.Request.Query[name].FirstOrDefault();

    public int QueryNumber(string name, int fallback, int min, int max)
    {
        if (Query(name) is not { } text)
            return fallback;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw FormErrors.Single(name, "NUMBER_TYPE_RANGE", $"int value should be between {min} and {max}.");
    }

    public ulong QueryId(string name, ulong fallback)
    {
        if (Query(name) is not { } text)
            return fallback;
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id
            : throw FormErrors.Single(name, "NUMBER_TYPE_COERCE", $"Value \"{text}\" is not snowflake.");
    }

    /// <summary>The body as an object; an absent body reads as an empty one.</summary>
    public Form Form() => body switch
    {
        null => new([], new()),
        JsonObject json => new(json, new()),
        _ => throw new RestRefusal(400, 50035, "Invalid Form Body"),
    };

    /// <summary>The body as an array, under the name its errors get.</summary>
    public Form List(string name) => body is JsonArray array
        ? new(new JsonObject { [name] = array.DeepClone() }, new())
        : throw new RestRefusal(400, 50035, "Invalid Form Body");

    /// <summary>X-Audit-Log-Reason, which travels percent-encoded.</summary>
    public string? AuditReason()
    {
        if (http.Request.Headers["X-Audit-Log-Reason"].FirstOrDefault() is not { Length: > 0 } header)
            return null;
        var reason = Uri.UnescapeDataString(header);
        return reason.Length <= MaxReasonLength
            ? reason
            : throw FormErrors.Single("reason", "BASE_TYPE_MAX_LENGTH", $"Must be {MaxReasonLength} or fewer in length.");
    }

    /// <exception cref="RestRefusal">The body is not JSON, nor files with JSON beside them.</exception>
    public static async Task<RestCall> ReadAsync(HttpContext http)
    {
        if (!http.Request.HasFormContentType || http.Request.ContentType?.StartsWith("multipart/", StringComparison.Ordinal) != true)
            return new(http, await ReadBodyAsync(http), Uploads.None);
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var root = new Uri($"{http.Request.Scheme}://{http.Request.Host}/");
        try
        {
            var payload = form["payload_json"].FirstOrDefault() is { } json ? JsonNode.Parse(json) : null;
            return new(http, payload, await Uploads.ReadAsync(form, root, http.RequestAborted));
        }
        catch (JsonException)
        {
            throw RestRefusal.InvalidJson();
        }
    }

    private static async Task<JsonNode?> ReadBodyAsync(HttpContext http)
    {
        if (http.Request.ContentLength is null or 0 && http.Request.Headers.TransferEncoding.Count == 0)
            return null;
        if (!http.Request.HasJsonContentType())
            throw FormErrors.Single("_", "CONTENT_TYPE_INVALID", "Expected \"Content-Type\" header to be one of {'application/json'}.");
        try
        {
            return await JsonNode.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
        }
        catch (JsonException)
        {
            throw RestRefusal.InvalidJson();
        }
    }
}
