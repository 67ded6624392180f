using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rally.Sandbox.DiscordServer.Interactions;
using Rally.Sandbox.DiscordServer.Rest;

namespace Rally.Sandbox.Pages;

/// <summary>One request of the page, its fields read and named in errors.</summary>
internal sealed class PageCall(HttpContext http, JsonObject body)
{
    public CancellationToken Aborted => http.RequestAborted;

    /// <summary>Reads the body, acts, and answers; what Discord's client would refuse becomes 400.</summary>
    public static async Task RunAsync(HttpContext http, Func<PageCall, Task<JsonNode>> act)
    {
        JsonNode answer;
        try
        {
            answer = await act(new(http, await ReadBodyAsync(http.Request)));
        }
        catch (Exception refused) when (refused is InputProblem or RestRefusal)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            answer = new JsonObject { ["message"] = refused.Message, ["option"] = (refused as InputProblem)?.Option };
        }

        await http.Response.WriteAsJsonAsync(answer, http.RequestAborted);
    }

    public string Text(string name) => OptionalText(name) ?? throw new InputProblem($"{name} is needed.", name);

    public string? OptionalText(string name) => body[name] is JsonValue value ? value.ToString() : null;

    public ulong Id(string name) => ParseId(Text(name), name);

    public ulong? OptionalId(string name) => OptionalText(name) is { } text ? ParseId(text, name) : null;

    public ulong RouteId(string name) => ParseId((string)http.GetRouteValue(name)!, name);

    public ulong? MemberInQuery() => http.Request.Query["memberId"].FirstOrDefault() is { Length: > 0 } text ? ParseId(text, "memberId") : null;

    /// <summary>An array of strings; a single string counts as one.</summary>
    public IReadOnlyList<string> Texts(string name) => body[name] switch
    {
        null => [],
        JsonArray array => [.. array.Select(item => $"{item}")],
        var one => one.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries),
    };

    public IReadOnlyDictionary<string, JsonNode?> Values(string name) => body[name] switch
    {
        null => new Dictionary<string, JsonNode?>(),
        JsonObject json => json.ToDictionary(),
        _ => throw new InputProblem($"{name} is an object of name and value.", name),
    };

    public IReadOnlyDictionary<string, string> TextsByName(string name) => Values(name).ToDictionary(pair => pair.Key, pair => $"{pair.Value}");

    public T Read<T>()
    {
        try
        {
            return body.Deserialize<T>(JsonSerializerOptions.Web)!;
        }
        catch (JsonException wrong)
        {
            throw new InputProblem($"The body does not fit: {wrong.Message}");
        }
    }

    public bool Flag(string name) => OptionalText(name) is "true";

    public int Number(string name, int fallback, int min, int max)
    {
        if (OptionalText(name) is not { } text)
            return fallback;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw new InputProblem($"{name} is from {min} to {max}.", name);
    }

    public int QueryNumber(string name, int fallback, int max)
    {
        if (http.Request.Query[name].FirstOrDefault() is not { } text)
            return fallback;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= max
            ? number
            : throw new InputProblem($"{name} is from 0 to {max}.", name);
    }

    private static ulong ParseId(string text, string name) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : throw new InputProblem($"{name} is no id.", name);

    /// <summary>Only JSON is taken, so that no other site's form can act here.</summary>
    private static async Task<JsonObject> ReadBodyAsync(HttpRequest request)
    {
        if (request.Method is "GET" || request.ContentLength is 0 or null && !request.HasJsonContentType())
            return [];
        if (!request.HasJsonContentType())
            throw new InputProblem("The body's Content-Type is application/json.");
        try
        {
            return await JsonNode.ParseAsync(request.Body, cancellationToken: request.HttpContext.RequestAborted) as JsonObject ?? [];
        }
        catch (JsonException broken)
        {
            throw new InputProblem($"The body is no JSON: {broken.Message}");
        }
    }
}
