using System.Reflection;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Rally.Webhooks.Events;

/// <summary>What events look like, in the API's document: their schemas come from the types that are serialized.</summary>
internal static class EventDocument
{
    private static readonly Type[] Bodies =
        [.. typeof(EventDocument).Assembly.GetTypes().Where(type => type.IsDefined(typeof(EventBodyAttribute))).OrderBy(type => type.Name, StringComparer.Ordinal)];

    public static void Configure(OpenApiOptions options)
    {
        options.AddSchemaTransformer(DescribeAsync);
        options.AddDocumentTransformer(DescribeAsync);
    }

    /// <summary>All members are in every body, those that may be null too, and numbers are none in quotes.</summary>
    private static Task DescribeAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken stop)
    {
        if (context.JsonTypeInfo.Type.Namespace == typeof(EventDocument).Namespace && context.JsonTypeInfo.Kind == JsonTypeInfoKind.Object)
            schema.Required = context.JsonTypeInfo.Properties.Select(member => member.Name).ToHashSet();
        else if (context.JsonPropertyInfo?.DeclaringType.Namespace == typeof(EventDocument).Namespace && schema.Type is { } number && number.HasFlag(JsonSchemaType.Number))
            (schema.Type, schema.Pattern) = (number & ~JsonSchemaType.String, null); // the serializer would also read them from strings
        return Task.CompletedTask;
    }

    private static async Task DescribeAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken stop)
    {
        document.Webhooks ??= new Dictionary<string, IOpenApiPathItem>();
        foreach (var type in Bodies)
        {
            var body = type.GetCustomAttribute<EventBodyAttribute>()!;
            var name = $"{type.Name}V{EventBodyAttribute.Version}";
            document.AddComponent(name, await context.GetOrCreateSchemaAsync(type, null, stop));
            document.Webhooks[body.Type] = new OpenApiPathItem
            {
                Operations = new Dictionary<HttpMethod, OpenApiOperation>
                {
                    [HttpMethod.Post] = new()
                    {
                        Summary = body.Summary,
                        RequestBody = new OpenApiRequestBody
                        {
                            Required = true,
                            Content = new Dictionary<string, OpenApiMediaType>
                            {
                                ["application/json"] = new() { Schema = new OpenApiSchemaReference(name, document) },
                            },
                        },
                        Responses = new() { ["2XX"] = new OpenApiResponse { Description = "It is taken." } },
                    },
                },
            };
        }
    }
}
