using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rally.Sandbox.DiscordServer.Rest;
using Rally.Sandbox.DiscordServer.Shapes;
using Rally.Sandbox.DiscordServer.State;

namespace Rally.Sandbox.DiscordServer.Interactions;

/// <summary>One option's value as Discord's client reads and checks it.</summary>
internal static partial class OptionValue
{
    private const long SafeInteger = 1L << 53;

    /// <param name="resolved">Gets the users, members, roles and channels that the value names.</param>
    /// <exception cref="InputProblem">The value is not one the option takes.</exception>
    public static JsonNode Read(WorldData data, JsonObject definition, JsonNode value, Dictionary<string, JsonObject> resolved)
    {
        var name = $"{definition["name"]}";
        var text = value.ToString().Trim();
        return definition["type"]!.GetValue<int>() switch
        {
            OptionType.String => Text(definition, name, text),
            OptionType.Integer => Integer(definition, name, text),
            OptionType.Number => Number(definition, name, text),
            OptionType.Boolean => bool.TryParse(text, out var flag) ? flag : throw new InputProblem("Enter true or false.", name),
            OptionType.User => User(data, name, text, resolved),
            OptionType.Role => Role(data, name, text, resolved),
            OptionType.Channel => Channel(data, name, text, resolved),
            OptionType.Mentionable => text.StartsWith("<@&", StringComparison.Ordinal) || (Id(text) is { } id && data.Roles.ContainsKey(id))
                ? Role(data, name, text, resolved)
                : User(data, name, text, resolved),
            _ => throw new InputProblem("The sandbox has no options of this type.", name),
        };
    }

    private static JsonNode Text(JsonObject definition, string name, string text)
    {
        if (Choice(definition, name, text) is { } choice)
            return choice;
        if (text.Length < ((int?)definition["min_length"] ?? 0) || text.Length > ((int?)definition["max_length"] ?? 6_000))
            throw new InputProblem($"Enter {definition["min_length"] ?? 0} to {definition["max_length"] ?? 6_000} characters.", name);
        return text;
    }

    private static JsonNode Integer(JsonObject definition, string name, string text)
    {
        if (Choice(definition, name, text) is { } choice)
            return choice;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) || Math.Abs((decimal)number) >= SafeInteger)
            throw new InputProblem("Enter an integer.", name);
        RequireBetween(definition, name, number);
        return number;
    }

    private static JsonNode Number(JsonObject definition, string name, string text)
    {
        if (Choice(definition, name, text) is { } choice)
            return choice;
        const NumberStyles styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        if (!decimal.TryParse(text, styles, CultureInfo.InvariantCulture, out var number) || Math.Abs(number) >= SafeInteger)
            throw new InputProblem("Enter a number.", name);
        RequireBetween(definition, name, number);
        return number;
    }

    private static void RequireBetween(JsonObject definition, string name, decimal number)
    {
        if (Bound(definition, "min_value") is { } min && number < min)
            throw new InputProblem($"Enter a number of at least {min}.", name);
        if (Bound(definition, "max_value") is { } max && number > max)
            throw new InputProblem($"Enter a number of at most {max}.", name);
    }

    private static decimal? Bound(JsonObject definition, string name) =>
        definition[name] is { } bound ? decimal.Parse(bound.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture) : null;

    /// <summary>An option with choices takes only those, by value or by the name shown.</summary>
    private static JsonNode? Choice(JsonObject definition, string name, string text)
    {
        if (definition["choices"] is not JsonArray { Count: > 0 } choices)
            return null;
        var chosen = choices.FirstOrDefault(choice => $"{choice!["value"]}" == text)
            ?? choices.FirstOrDefault(choice => string.Equals($"{choice!["name"]}", text, StringComparison.OrdinalIgnoreCase))
            ?? throw new InputProblem("Choose one of: " + string.Join(", ", choices.Select(choice => $"{choice!["name"]}")) + ".", name);
        return chosen["value"]!.DeepClone();
    }

    public static JsonNode User(WorldData data, string name, string text, Dictionary<string, JsonObject> resolved)
    {
        var user = (Id(text) is { } id ? data.Users.GetValueOrDefault(id) : null)
            ?? data.Users.Values.FirstOrDefault(candidate => Same(candidate.Username, text.TrimStart('@')))
            ?? throw new InputProblem($"There is no user {text}.", name);
        var key = Wire.Id(user.Id);
        Kind(resolved, "users")[key] = user.ToJson();
        if (data.Members.TryGetValue(user.Id, out var member))
        {
            var json = member.ToJson(data, withUser: false);
            // Discord leaves these two out of resolved members and adds the permissions.
            json.Remove("deaf");
            json.Remove("mute");
            json["permissions"] = Wire.Permissions(Standing.PermissionsOf(data, user.Id));
            Kind(resolved, "members")[key] = json;
        }

        return key;
    }

    private static JsonNode Role(WorldData data, string name, string text, Dictionary<string, JsonObject> resolved)
    {
        var role = (Id(text) is { } id ? data.Roles.GetValueOrDefault(id) : null)
            ?? data.Roles.Values.FirstOrDefault(candidate => Same(candidate.Name.TrimStart('@'), text.TrimStart('@')))
            ?? throw new InputProblem($"There is no role {text}.", name);
        Kind(resolved, "roles")[Wire.Id(role.Id)] = role.ToJson();
        return Wire.Id(role.Id);
    }

    private static JsonNode Channel(WorldData data, string name, string text, Dictionary<string, JsonObject> resolved)
    {
        var channel = (Id(text) is { } id ? data.GuildChannels().FirstOrDefault(candidate => candidate.Id == id) : null)
            ?? data.GuildChannels().FirstOrDefault(candidate => Same(candidate.Name, text.TrimStart('#')))
            ?? throw new InputProblem($"There is no channel {text}.", name);
        var json = channel.ToJson(data);
        json["permissions"] = Wire.Permissions(Standing.PermissionsOf(data, data.OwnerId));
        Kind(resolved, "channels")[Wire.Id(channel.Id)] = json;
        return Wire.Id(channel.Id);
    }

    private static JsonObject Kind(Dictionary<string, JsonObject> resolved, string kind) =>
        resolved.TryGetValue(kind, out var known) ? known : resolved[kind] = [];

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    /// <summary>An id, plain or as a mention.</summary>
    private static ulong? Id(string text) =>
        Mention().Match(text) is { Success: true } match
        && ulong.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    [GeneratedRegex("^(?:<(?:@!?|@&|#))?([0-9]{15,20})>?$")]
    private static partial Regex Mention();
}
