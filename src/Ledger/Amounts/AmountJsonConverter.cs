using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rally.Ledger.Amounts;

/// <summary>Amounts in JSON are decimal strings: readers that take JSON numbers for floating point would lose digits.</summary>
internal sealed class AmountJsonConverter : JsonConverter<Amount>
{
    public override Amount Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Amount.TryParse(reader.GetString(), out var amount)
            ? amount
            : throw new JsonException("An amount is a decimal number in a string, such as \"0.5\".");

    public override void Write(Utf8JsonWriter writer, Amount value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
