using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rally.Ledger;

namespace Rally.Webhooks.Tests.Setup;

/// <summary>The schemas of events as the API's document publishes them, for a validator that is not ours.</summary>
internal sealed class EventSchemas
{
    private static readonly Lazy<Task<EventSchemas>> Read = new(ReadAsync);

    private readonly Dictionary<string, JsonSchema> _schemas = [];

    private EventSchemas(JsonObject document)
    {
        // Alone, a schema finds its parts among its own definitions.
        var parts = document["components"]!["schemas"]!.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal);
        foreach (var (type, path) in document["webhooks"]!.AsObject())
        {
            var schema = (string)path!["post"]!["requestBody"]!["content"]!["application/json"]!["schema"]!["$ref"]!;
            var name = schema["#/components/schemas/".Length..];
            _schemas.Add(type, JsonSchema.FromText($$"""
                {"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"https://rally.example/{{name}}","$ref":"#/$defs/{{name}}","$defs":{{parts}}}
                """));
            Names.Add(type, name);
        }

        Document = document;
    }

    public JsonObject Document { get; }

    /// <summary>Of the schema of each type.</summary>
    public Dictionary<string, string> Names { get; } = [];

    public static Task<EventSchemas> GetAsync() => Read.Value;

    /// <returns>What is wrong with a body; null when nothing is.</returns>
    public string? FaultOf(byte[] body)
    {
        using var json = JsonDocument.Parse(body);
        var type = json.RootElement.TryGetProperty("event", out var former)
            ? $"rally-v1.{former.GetString()}" : json.RootElement.GetProperty("type").GetString()!;
        if (!_schemas.TryGetValue(type, out var schema))
            return $"There is no schema of {type}.";
        var result = schema.Evaluate(json.RootElement, new EvaluationOptions { OutputFormat = OutputFormat.List });
        return result.IsValid
            ? null
            : $"{type} {json.RootElement}: {string.Join("; ", result.Details!.Where(detail => detail.Errors is not null).Select(detail => $"{detail.InstanceLocation} {string.Join(", ", detail.Errors!.Values)}"))}";
    }

    private static async Task<EventSchemas> ReadAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddApiDocument(new("/authorize", UriKind.Relative), new("/token", UriKind.Relative));
        builder.Services.AddWebhookDocument();
        await using var app = builder.Build();
        app.MapApiDocument();
        await app.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        return new(JsonNode.Parse(await http.GetStringAsync("/openapi/v1.json"))!.AsObject());
    }
}
