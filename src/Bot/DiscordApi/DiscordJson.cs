using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rally.Bot.DiscordApi;

/// <summary>How Discord writes JSON: snake_case, absent rather than null, and 64-bit ids and bit sets as strings.</summary>
internal static class DiscordJson
{
    public static JsonSerializerOptions Options { get; } = Create();

    /// <summary>Reads what must be there; a null is a <see cref="JsonException"/>.</summary>
    public static T Read<T>(JsonElement json) =>
        json.Deserialize<T>(Options) ?? throw new JsonException($"Discord sent null where {typeof(T).Name} belongs.");

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            PropertyNameCaseInsensitive = false,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            Converters = { new SnowflakeConverter() },
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    /// <summary>Every ulong here is a snowflake or a bit set: a string on the wire, and a key in maps of resolved things.</summary>
    private sealed class SnowflakeConverter : JsonConverter<ulong>
    {
        public override ulong Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Number ? reader.GetUInt64() : Parse(ref reader);

        public override void Write(Utf8JsonWriter writer, ulong value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));

        public override ulong ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Parse(ref reader);

        public override void WriteAsPropertyName(Utf8JsonWriter writer, ulong value, JsonSerializerOptions options) =>
            writer.WritePropertyName(value.ToString(CultureInfo.InvariantCulture));

        private static ulong Parse(ref Utf8JsonReader reader) =>
            ulong.TryParse(reader.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                ? value
                : throw new JsonException("Discord sent something other than a snowflake where one belongs.");
    }
}
