using System.Globalization;
using System.Text.Json.Nodes;
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

    /// <summary>Parameters are told by their name: in code they are all texts, so that a refusal can say what to write.</summary>
    public static void DescribeParameter(OpenApiParameter parameter) => parameter.Schema = parameter.Name switch
    {
        "id" or "rallyId" or "account" => Text(Id),
        "symbol" or "to" or "startKey" => Text(Symbol),
        "coins" or "rly" => Text(Decimal),
        "side" => new OpenApiSchema { Type = JsonSchemaType.String, Enum = [JsonValue.Create("buy")!, JsonValue.Create("sell")!, JsonValue.Create("convert")!] },
        "limit" or "size" => new OpenApiSchema
        {
            Type = JsonSchemaType.Integer,
            Minimum = "1",
            Maximum = Page.LargestLimit.ToString(CultureInfo.InvariantCulture),
            Default = JsonValue.Create(Page.DefaultLimit),
        },
        _ => parameter.Schema,
    };

    public static Task DescribeAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken stop)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        var orNull = type == context.JsonTypeInfo.Type ? 0 : JsonSchemaType.Null;
        if (type == typeof(Amount))
            (schema.Type, schema.Pattern) = (JsonSchemaType.String | orNull, Decimal);
        else if (type == typeof(JsonDecimal))
            schema.Type = JsonSchemaType.Number | orNull;
        else if (type == typeof(Guid))
            (schema.Type, schema.Format, schema.Pattern) = (JsonSchemaType.String | orNull, null, Id);
        else if (schema.Type is { } integer && integer.HasFlag(JsonSchemaType.Integer))
            // The framework would also read them from strings; none of these is ever read.
            (schema.Type, schema.Pattern) = (integer & ~JsonSchemaType.String, null);
        return Task.CompletedTask;
    }

    private static OpenApiSchema Text(string pattern) => new() { Type = JsonSchemaType.String, Pattern = pattern };
}
