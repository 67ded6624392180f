using System.Text.Json.Nodes;
using Rally.Sandbox.DiscordServer.Rest;

namespace Rally.Sandbox.DiscordServer.Interactions;

/// <summary>The data of a submitted modal: its rows or labels with what was typed.</summary>
internal static class ModalInput
{
    /// <exception cref="InputProblem">A field is empty, too short or too long.</exception>
    public static JsonObject Build(JsonObject modal, IReadOnlyDictionary<string, string> values)
    {
        var components = new JsonArray();
        foreach (var row in modal["components"]!.AsArray().OfType<JsonObject>())
        {
            var isLabel = row["type"]!.GetValue<int>() == ComponentBody.Label;
            var input = isLabel ? row["component"]!.AsObject() : row["components"]![0]!.AsObject();
            var filled = Fill(input, values);
            components.Add(isLabel
                ? new JsonObject { ["type"] = ComponentBody.Label, ["component"] = filled }
                : new JsonObject { ["type"] = ComponentBody.ActionRow, ["components"] = new JsonArray(filled) });
        }

        return new() { ["custom_id"] = $"{modal["custom_id"]}", ["components"] = components };
    }

    private static JsonObject Fill(JsonObject input, IReadOnlyDictionary<string, string> values)
    {
        var customId = $"{input["custom_id"]}";
        var value = values.GetValueOrDefault(customId) ?? (string?)input["value"] ?? "";
        var isRequired = (bool?)input["required"] ?? true;
        if (value.Length == 0 && isRequired)
            throw new InputProblem("This field is required.", customId);
        if (value.Length > 0 && value.Length < ((int?)input["min_length"] ?? 0))
            throw new InputProblem($"Enter at least {input["min_length"]} characters.", customId);
        if (value.Length > ((int?)input["max_length"] ?? 4_000))
            throw new InputProblem($"Enter at most {input["max_length"] ?? 4_000} characters.", customId);
        return new() { ["type"] = ComponentBody.TextInput, ["custom_id"] = customId, ["value"] = value };
    }
}
