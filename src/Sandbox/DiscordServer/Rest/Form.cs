using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rally.Sandbox.DiscordServer.Rest;

/// <summary>
/// A JSON object of a body with the place it stands at. Reads fields and notes what is wrong with them; a field that
/// is wrong reads as absent, and <see cref="FormErrors.ThrowIfAny"/> ends the request before it is used.
/// </summary>
internal sealed class Form(JsonObject json, FormErrors errors, params string[] path)
{
    public JsonObject Json => json;

    public FormErrors Errors => errors;

    public bool Has(string field) => json.ContainsKey(field);

    public void Wrong(string field, string code, string message) => errors.Add([.. path, field], code, message);

    public void WrongHere(string code, string message) => errors.Add(path, code, message);

    public string? Text(string field, int min, int max, bool required = false)
    {
        if (!TryGet(field, required, out var node))
            return null;
        if (node.GetValueKind() is not JsonValueKind.String)
        {
            Wrong(field, "BASE_TYPE_STRING", "Could not interpret value as string.");
            return null;
        }

        var text = node.GetValue<string>();
        if (text.Length >= min && text.Length <= max)
            return text;
        if (min > 0)
            Wrong(field, "BASE_TYPE_BAD_LENGTH", $"Must be between {min} and {max} in length.");
        else
            Wrong(field, "BASE_TYPE_MAX_LENGTH", $"Must be {max} or fewer in length.");
        return null;
    }

    public long? Integer(string field, long min, long max, bool required = false)
    {
        if (!TryGet(field, required, out var node))
            return null;
        if (!long.TryParse(node.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            Wrong(field, "NUMBER_TYPE_COERCE", $"Value \"{node}\" is not int.");
            return null;
        }

        if (number < min)
            Wrong(field, "NUMBER_TYPE_MIN", $"int value should be greater than or equal to {min}.");
        else if (number > max)
            Wrong(field, "NUMBER_TYPE_MAX", $"int value should be less than or equal to {max}.");
        else
            return number;
        return null;
    }

    public bool? Flag(string field)
    {
        if (!TryGet(field, required: false, out var node))
            return null;
        if (node.GetValueKind() is JsonValueKind.True or JsonValueKind.False)
            return node.GetValue<bool>();
        Wrong(field, "BASE_TYPE_BOOLEAN", "Must be either true or false.");
        return null;
    }

    /// <summary>A snowflake or a permission set: an unsigned number, written as a string or as a number.</summary>
    public ulong? Unsigned(string field, bool required = false)
    {
        if (!TryGet(field, required, out var node))
            return null;
        if (ulong.TryParse(node.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number;
        Wrong(field, "NUMBER_TYPE_COERCE", $"Value \"{node}\" is not snowflake.");
        return null;
    }

    public IReadOnlyList<ulong> UnsignedList(string field)
    {
        var list = new List<ulong>();
        foreach (var (index, node) in Items(field, int.MaxValue).Index())
        {
            if (ulong.TryParse(node?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                list.Add(number);
            else
                errors.Add([.. path, field, $"{index}"], "NUMBER_TYPE_COERCE", $"Value \"{node}\" is not snowflake.");
        }

        return list;
    }

    public Form? Child(string field, bool required = false)
    {
        if (!TryGet(field, required, out var node))
            return null;
        if (node is JsonObject child)
            return new(child, errors, [.. path, field]);
        Wrong(field, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType");
        return null;
    }

    public IReadOnlyList<Form> Children(string field, int max)
    {
        var list = new List<Form>();
        foreach (var (index, node) in Items(field, max).Index())
        {
            if (node is JsonObject child)
                list.Add(new(child, errors, [.. path, field, $"{index}"]));
            else
                errors.Add([.. path, field, $"{index}"], "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType");
        }

        return list;
    }

    private JsonArray Items(string field, int max)
    {
        if (!TryGet(field, required: false, out var node))
            return [];
        if (node is not JsonArray array)
            Wrong(field, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType");
        else if (array.Count > max)
            Wrong(field, "BASE_TYPE_MAX_LENGTH", $"Must be {max} or fewer in length.");
        else
            return array;
        return [];
    }

    private bool TryGet(string field, bool required, out JsonNode node)
    {
        node = json[field]!;
        if (node is null && required)
            Wrong(field, "BASE_TYPE_REQUIRED", "This field is required");
        return node is not null;
    }
}
