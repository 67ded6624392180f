using System.Text.Json.Nodes;
using Rally.Sandbox.DiscordServer.Rest;
using Rally.Sandbox.DiscordServer.State;

namespace Rally.Sandbox.DiscordServer.Interactions;

/// <summary>The data of an interaction with a button or select.</summary>
internal static class ComponentInput
{
    private const int UserSelect = 5;
    private const int RoleSelect = 6;
    private const int MentionableSelect = 7;

    /// <exception cref="InputProblem">The select does not take these values.</exception>
    public static JsonObject Build(WorldData data, JsonNode component, string customId, IReadOnlyList<string> chosen)
    {
        var type = component["type"]!.GetValue<int>();
        var json = new JsonObject { ["component_type"] = type, ["custom_id"] = customId };
        if (component["id"] is { } number)
            json["id"] = number.DeepClone();
        if (type == ComponentBody.Button)
            return json;

        var min = (int?)component["min_values"] ?? 1;
        var max = (int?)component["max_values"] ?? 1;
        if (chosen.Count < min || chosen.Count > max)
            throw new InputProblem($"Choose {min} to {max}.");
        if (type == ComponentBody.StringSelect)
        {
            var known = component["options"]!.AsArray().Select(option => $"{option!["value"]}").ToHashSet();
            if (chosen.FirstOrDefault(value => !known.Contains(value)) is { } strange)
                throw new InputProblem($"There is no choice {strange}.");
            json["values"] = Values(chosen);
            return json;
        }

        var resolved = new Dictionary<string, JsonObject>();
        var option = new JsonObject { ["name"] = customId, ["type"] = OptionTypeOf(type) };
        json["values"] = Values([.. chosen.Select(value => OptionValue.Read(data, option, value, resolved).ToString())]);
        json["resolved"] = new JsonObject(resolved.Select(kind => KeyValuePair.Create(kind.Key, (JsonNode?)kind.Value)));
        return json;
    }

    private static int OptionTypeOf(int select) => select switch
    {
        UserSelect => OptionType.User,
        RoleSelect => OptionType.Role,
        MentionableSelect => OptionType.Mentionable,
        _ => OptionType.Channel,
    };

    private static JsonArray Values(IReadOnlyList<string> values) => [.. values.Select(value => (JsonNode)value)];
}
