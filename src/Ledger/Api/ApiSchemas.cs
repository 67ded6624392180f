using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Rally.Ledger.Amounts;

namespace Rally.Ledger.Api;

/// <summary>What values look like in the API's document.</summary>
internal static class ApiSchemas
{
    private const string Decimal = @"^-?\d{1,13}(\.\d{1,6})?$";
    private const string Symbol = "^[A-Za-z0-9]{2,10}$";
    private const string Id = "^[0-9A-Fa-f]{8}-?([0-9A-Fa-f]{4}-?){3}[0-9A-Fa-f]{12}$";

    /// <summary>What a type is called in the document; null for one that is written out wherever it is.</summary>
    public static string? NameOf(JsonTypeInfo type) =>
        OpenApiOptions.CreateDefaultSchemaReferenceId(type) is { } name && name.EndsWith("Json", StringComparison.Ordinal)
            ? name[..^"Json".Length]
            : OpenApiOptions.CreateDefaultSchemaReferenceId(type);

    /// <summary>A parameter of a query by what its endpoint says of it; one of a path by its name.</summary>
    public static void DescribeParameter(OpenApiParameter parameter, AskedAttribute? asked)
    {
        parameter.Required |= asked is { IsRequired: true };
        parameter.Schema = (asked?.What, parameter.Name) switch
        {
            (Asked.RallyId, _) or (null, "id" or "rallyId") => Text(Id),
            (Asked.Symbol, _) or (null, "symbol") => Text(Symbol),
            (Asked.Amount, _) => Text(Decimal),
            (Asked.Time, _) => new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" },
            (Asked.Number, _) or (null, "height") => new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "0" },
            (Asked.Side, _) => OneOf("buy", "sell", "convert"),
            (Asked.Interval, _) => OneOf("hour", "day"),
            (Asked.Count, _) => new OpenApiSchema
            {
                Type = JsonSchemaType.Integer,
                Minimum = "1",
                Maximum = asked!.Most.ToString(CultureInfo.InvariantCulture),
                Default = JsonValue.Create(asked.Otherwise),
            },
            _ => parameter.Schema,
        };
    }

    public static Task DescribeAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken stop)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type == typeof(Amount))
            (schema.Type, schema.Pattern) = (JsonSchemaType.String, Decimal); // where it may be null, the framework says so around it
        else if (type == typeof(JsonDecimal))
            schema.Type = JsonSchemaType.Number;
        else if (type == typeof(Guid))
            (schema.Format, schema.Pattern) = (null, Id);
        else if (schema.Type is { } integer && integer.HasFlag(JsonSchemaType.Integer))
            (schema.Type, schema.Pattern) = (integer & ~JsonSchemaType.String, null); // it would also read them from strings
        else if (type.Assembly == typeof(ApiSchemas).Assembly && context.JsonTypeInfo.Kind == JsonTypeInfoKind.Object)
            DescribeObject(schema, context.JsonTypeInfo);
        if (context.JsonPropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(AllowedValuesAttribute), true) is [AllowedValuesAttribute allowed])
            schema.Enum = [.. allowed.Values.Select(value => (JsonNode)JsonValue.Create((string)value!))];
        return Task.CompletedTask;
    }

    private static void DescribeObject(OpenApiSchema schema, JsonTypeInfo type)
    {
        var isBody = type.Type.Name.EndsWith("Body", StringComparison.Ordinal);
        schema.Required ??= new HashSet<string>();
        // What a body may leave out has a default here; an answer has all its members.
        foreach (var member in type.Properties.Where(member => !member.IsGetNullable && !(isBody && member.AssociatedParameter is { HasDefaultValue: true })))
            schema.Required.Add(member.Name);
        // Bodies are read strictly; answers may grow.
        if (isBody)
            schema.AdditionalPropertiesAllowed = false;
    }

    private static OpenApiSchema OneOf(params ReadOnlySpan<string> words)
    {
        var schema = new OpenApiSchema { Type = JsonSchemaType.String, Enum = [] };
        foreach (var word in words)
            schema.Enum.Add(JsonValue.Create(word));
        return schema;
    }

    private static OpenApiSchema Text(string pattern) => new() { Type = JsonSchemaType.String, Pattern = pattern };
}
