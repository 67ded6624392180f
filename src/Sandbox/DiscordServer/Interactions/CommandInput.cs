using System.Text.Json.Nodes;
using Rally.Sandbox.DiscordServer.Rest;
using Rally.Sandbox.DiscordServer.Shapes;
using Rally.Sandbox.DiscordServer.State;

namespace Rally.Sandbox.DiscordServer.Interactions;

/// <summary>Turns what a member typed into an interaction's data, with the checks that Discord's client makes.</summary>
internal sealed class CommandInput
{
    private readonly WorldData _data;
    private readonly string? _focused;
    private readonly Dictionary<string, JsonObject> _resolved = [];

    private CommandInput(WorldData data, string? focused)
    {
        _data = data;
        _focused = focused;
    }

    /// <summary>The commands this member sees: of the guild first, as Discord prefers them.</summary>
    public static IEnumerable<ApplicationCommand> Visible(WorldData data, ulong userId, int type = CommandBody.ChatInput) =>
        data.Commands.Values
            .Where(command => command.Type == type && IsAllowed(data, command, userId))
            .OrderBy(command => command.Name, StringComparer.Ordinal)
            .ThenBy(command => command.GuildId is null)
            .DistinctBy(command => command.Name);

    /// <param name="path">Names of the group and subcommand, as far as the command has them.</param>
    /// <param name="values">What was put in, by option name; strings, numbers or booleans.</param>
    /// <param name="focused">The option being typed, for autocomplete: incomplete values are then fine.</param>
    /// <exception cref="InputProblem">Discord's client would refuse it.</exception>
    public static JsonObject Build(
        WorldData data, ulong userId, string commandName, IReadOnlyList<string> path, IReadOnlyDictionary<string, JsonNode?> values, string? focused = null)
    {
        var command = Visible(data, userId).FirstOrDefault(candidate => candidate.Name == commandName)
            ?? throw new InputProblem($"There is no command /{commandName} that this member may use.");
        var input = new CommandInput(data, focused);
        var json = Named(command);
        var options = input.Level(command.Definition, path, values);
        if (options.Count > 0)
            json["options"] = options;
        if (input._resolved.Count > 0)
            json["resolved"] = new JsonObject(input._resolved.Select(kind => KeyValuePair.Create(kind.Key, (JsonNode?)kind.Value)));
        return json;
    }

    /// <summary>A command of the menu on a member.</summary>
    /// <exception cref="InputProblem">There is no such command or user for this member.</exception>
    public static JsonObject BuildMenu(WorldData data, ulong userId, string commandName, ulong targetId)
    {
        var command = Visible(data, userId, CommandBody.UserMenu).FirstOrDefault(candidate => candidate.Name == commandName)
            ?? throw new InputProblem($"There is no command {commandName} in the menu of a member that this member may use.");
        var json = Named(command);
        var resolved = new Dictionary<string, JsonObject>();
        json["target_id"] = OptionValue.User(data, "targetId", Wire.Id(targetId), resolved);
        json["resolved"] = new JsonObject(resolved.Select(kind => KeyValuePair.Create(kind.Key, (JsonNode?)kind.Value)));
        return json;
    }

    private static JsonObject Named(ApplicationCommand command)
    {
        var json = new JsonObject { ["id"] = Wire.Id(command.Id), ["name"] = command.Name, ["type"] = command.Type };
        if (command.GuildId is { } guild)
            json["guild_id"] = Wire.Id(guild);
        return json;
    }

    private static bool IsAllowed(WorldData data, ApplicationCommand command, ulong userId)
    {
        if ((string?)command.Definition["default_member_permissions"] is not { } text)
            return true;
        var needed = (Permission)ulong.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        var has = Standing.PermissionsOf(data, userId);
        // "0" hides a command from all but administrators.
        return needed == Permission.None ? has == Permission.All : (has & needed) == needed;
    }

    private JsonArray Level(JsonObject owner, IReadOnlyList<string> path, IReadOnlyDictionary<string, JsonNode?> values)
    {
        var definitions = (owner["options"] as JsonArray)?.OfType<JsonObject>().ToArray() ?? [];
        var subcommands = definitions.Where(option => TypeOf(option) is OptionType.Subcommand or OptionType.Group).ToArray();
        if (subcommands.Length == 0)
            return path.Count == 0 ? Values(definitions, values) : throw new InputProblem($"There is no subcommand {path[0]}.");

        var names = string.Join(", ", subcommands.Select(option => $"{option["name"]}"));
        var chosen = path.Count == 0
            ? throw new InputProblem($"Choose a subcommand: {names}.")
            : subcommands.FirstOrDefault(option => $"{option["name"]}" == path[0])
                ?? throw new InputProblem($"There is no subcommand {path[0]}; there are {names}.");
        return
        [
            new JsonObject
            {
                ["type"] = TypeOf(chosen),
                ["name"] = $"{chosen["name"]}",
                ["options"] = Level(chosen, [.. path.Skip(1)], values),
            },
        ];
    }

    private JsonArray Values(JsonObject[] definitions, IReadOnlyDictionary<string, JsonNode?> values)
    {
        var unknown = values.Keys.FirstOrDefault(name => definitions.All(option => $"{option["name"]}" != name));
        if (unknown is not null)
            throw new InputProblem($"There is no option {unknown}.", unknown);

        var given = new JsonArray();
        foreach (var definition in definitions)
        {
            var name = $"{definition["name"]}";
            var isFocused = name == _focused;
            var isEmpty = values.GetValueOrDefault(name) is not { } value || value.ToString().Length == 0;
            if (isEmpty && !isFocused)
            {
                if (_focused is null && (bool?)definition["required"] == true)
                    throw new InputProblem("This option is required. Specify a value.", name);
                continue;
            }

            var json = new JsonObject { ["type"] = TypeOf(definition), ["name"] = name };
            if (isFocused)
            {
                json["value"] = values.GetValueOrDefault(name)?.ToString() ?? "";
                json["focused"] = true;
            }
            else
            {
                json["value"] = OptionValue.Read(_data, definition, values[name]!, _resolved);
            }

            given.Add(json);
        }

        return given;
    }

    private static int TypeOf(JsonObject option) => option["type"]!.GetValue<int>();
}
