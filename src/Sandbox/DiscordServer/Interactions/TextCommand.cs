using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rally.Sandbox.DiscordServer.Rest;
using Rally.Sandbox.DiscordServer.State;

namespace Rally.Sandbox.DiscordServer.Interactions;

/// <summary>A command typed in full, such as "/coin send member:@fan amount:60"; an option's value runs up to the next option's name.</summary>
internal sealed record TextCommand(string Command, IReadOnlyList<string> Path, IReadOnlyDictionary<string, JsonNode?> Values)
{
    /// <exception cref="InputProblem">It is no command that this member may use.</exception>
    public static TextCommand Parse(WorldData data, ulong userId, string text)
    {
        var words = text.Trim().TrimStart('/').Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var command = CommandInput.Visible(data, userId).FirstOrDefault(candidate => words.Length > 0 && candidate.Name == words[0])
            ?? throw new InputProblem($"There is no command {text.Trim()} that this member may use.");

        var path = new List<string>();
        var level = command.Definition;
        foreach (var word in words.Skip(1))
        {
            var next = Options(level).FirstOrDefault(option =>
                $"{option["name"]}" == word && option["type"]!.GetValue<int>() is OptionType.Subcommand or OptionType.Group);
            if (next is null)
                break;
            path.Add(word);
            level = next;
        }

        var rest = string.Join(' ', words.Skip(1 + path.Count));
        return new(command.Name, path, ReadValues(Options(level).Select(option => $"{option["name"]}"), rest));
    }

    private static Dictionary<string, JsonNode?> ReadValues(IEnumerable<string> names, string rest)
    {
        var values = new Dictionary<string, JsonNode?>();
        if (rest.Length == 0)
            return values;
        var alternatives = string.Join('|', names.Select(Regex.Escape));
        var starts = alternatives.Length == 0 ? [] : Regex.Matches(rest, $@"(?:^|\s)({alternatives}):").ToArray();
        if (starts.Length == 0 || starts[0].Index != 0)
            throw new InputProblem($"\"{rest}\" is no option; write them as name:value.");
        foreach (var (index, start) in starts.Index())
        {
            var from = start.Index + start.Length;
            var to = index + 1 < starts.Length ? starts[index + 1].Index : rest.Length;
            values[start.Groups[1].Value] = rest[from..to].Trim();
        }

        return values;
    }

    private static IEnumerable<JsonObject> Options(JsonObject level) => (level["options"] as JsonArray)?.OfType<JsonObject>() ?? [];
}
