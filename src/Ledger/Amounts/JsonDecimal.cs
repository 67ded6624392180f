using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rally.Ledger.Amounts;

/// <summary>An amount as a JSON number, digit by digit, for readers that were made for numbers.</summary>
[JsonConverter(typeof(Converter))]
internal readonly record struct JsonDecimal(Amount Value)
{
    internal sealed class Converter : JsonConverter<JsonDecimal>
    {
        public override JsonDecimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("Amounts are read from strings only.");

        public override void Write(Utf8JsonWriter writer, JsonDecimal value, JsonSerializerOptions options) =>
            writer.WriteRawValue(value.Value.ToString());
    }
}
