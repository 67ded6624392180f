using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Rally.Sandbox.DiscordServer.Rest;

/// <summary>An application command as a bot registers it, within Discord's limits.</summary>
internal static partial class CommandBody
{
    public const int ChatInput = 1;
    public const int UserMenu = 2;
    private const int MaxOptions = 25;
    private const int MaxCharacters = 8_000;

    /// <summary>Checks a command and writes it as Discord keeps it. A PATCH is checked on top of what was.</summary>
    public static JsonObject Check(Form form)
    {
        var type = (int)(form.Integer("type", 1, 3) ?? ChatInput);
        var isChatInput = type == ChatInput;
        CheckName(form, isChatInput);
        if (isChatInput)
            form.Text("description", 1, 100, required: true);
        else if (form.Text("description", 0, 100) is { Length: > 0 })
            form.Wrong("description", "APPLICATION_COMMAND_DESCRIPTION_INVALID", "Context menu commands cannot have description");
        Localizations.Check(form, "description_localizations", 100);
        if (!isChatInput && form.Json["description_localizations"] is JsonObject { Count: > 0 })
            form.Wrong("description_localizations", "APPLICATION_COMMAND_DESCRIPTION_INVALID", "Context menu commands cannot have description");
        var permissions = form.Unsigned("default_member_permissions");
        var options = form.Children("options", MaxOptions);
        if (!isChatInput && options.Count > 0)
            form.Wrong("options", "APPLICATION_COMMAND_OPTIONS_INVALID", "Context menu commands cannot have options");
        CheckOptions(form, options, depth: 0);
        if (Characters(form.Json) > MaxCharacters)
            form.WrongHere("APPLICATION_COMMAND_TOO_LARGE", $"Command exceeds maximum size ({MaxCharacters})");

        var definition = new JsonObject
        {
            ["type"] = type,
            ["name"] = form.Json["name"]?.DeepClone(),
            ["name_localizations"] = Localizations.Kept(form, "name_localizations"),
            ["description"] = form.Json["description"]?.DeepClone() ?? "",
            ["description_localizations"] = Localizations.Kept(form, "description_localizations"),
            ["default_member_permissions"] = permissions?.ToString(CultureInfo.InvariantCulture),
            ["nsfw"] = form.Flag("nsfw") ?? false,
            ["contexts"] = form.Json["contexts"]?.DeepClone(),
            ["integration_types"] = form.Json["integration_types"]?.DeepClone() ?? new JsonArray(0),
        };
        if (options.Count > 0)
            definition["options"] = form.Json["options"]!.DeepClone();
        return definition;
    }

    private static void CheckOptions(Form parent, IReadOnlyList<Form> options, int depth)
    {
        var names = new HashSet<string>();
        var seenOptional = false;
        var kinds = options.Select(option => (int?)option.Integer("type", 1, 11, required: true)).ToArray();
        var holdsSubcommands = kinds.Any(IsSubcommand);
        if (holdsSubcommands && !kinds.All(IsSubcommand))
            parent.Wrong("options", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command and sub-command group option types are mutually exclusive to all other types");
        foreach (var (option, kind) in options.Zip(kinds))
        {
            if (CheckName(option, isChatInput: true) is { } name && !names.Add(name))
                option.Wrong("name", "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists");
            option.Text("description", 1, 100, required: true);
            Localizations.Check(option, "description_localizations", 100);
            // A group stands at the top only, a subcommand at the top or in a group.
            if ((kind == OptionType.Group && depth > 0) || (kind == OptionType.Subcommand && depth > 1))
                option.Wrong("type", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Invalid option type for this level");
            else if (IsSubcommand(kind))
                CheckSubcommand(option, kind == OptionType.Group);
            else
                CheckValueOption(option, kind);

            var isRequired = option.Flag("required") == true;
            if (isRequired && seenOptional)
                option.Wrong("required", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must be placed before non-required options");
            seenOptional |= !isRequired;
        }
    }

    private static void CheckSubcommand(Form option, bool isGroup)
    {
        var children = option.Children("options", MaxOptions);
        if (isGroup && (children.Count == 0 || children.Any(child => (int?)child.Integer("type", 1, 11) != OptionType.Subcommand)))
            option.Wrong("options", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "A sub-command group holds sub-commands only");
        CheckOptions(option, children, isGroup ? 1 : 2);
    }

    private static void CheckValueOption(Form option, int? kind)
    {
        var isText = kind == OptionType.String;
        var isNumber = kind is OptionType.Integer or OptionType.Number;
        var autocompletes = option.Flag("autocomplete") == true;
        var choices = option.Children("choices", 25);
        if ((choices.Count > 0 || autocompletes) && !isText && !isNumber)
            option.Wrong("choices", "APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID", "Choices are for string, integer and number options only");
        if (choices.Count > 0 && autocompletes)
            option.Wrong("autocomplete", "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID", "Autocomplete options cannot have choices");
        foreach (var choice in choices)
        {
            choice.Text("name", 1, 100, required: true);
            Localizations.Check(choice, "name_localizations", 100);
            if (isText)
                choice.Text("value", 1, 100, required: true);
            else if (choice.Json["value"]?.GetValueKind() != JsonValueKind.Number)
                choice.Wrong("value", "NUMBER_TYPE_COERCE", "Value is not a number.");
        }

        option.Integer("min_length", 0, 6_000);
        option.Integer("max_length", 1, 6_000);
        if ((option.Has("min_length") || option.Has("max_length")) && !isText)
            option.WrongHere("APPLICATION_COMMAND_OPTIONS_LENGTH_INVALID", "min_length and max_length are for string options only");
        foreach (var bound in (string[])["min_value", "max_value"])
        {
            if (option.Json[bound] is { } value && (!isNumber || value.GetValueKind() != JsonValueKind.Number))
                option.Wrong(bound, "NUMBER_TYPE_COERCE", "min_value and max_value are numbers, for integer and number options only");
        }
    }

    private static string? CheckName(Form form, bool isChatInput)
    {
        var name = form.Text("name", 1, 32, required: true);
        Localizations.Check(form, "name_localizations", 32, text => !isChatInput || IsName(text));
        if (name is null || !isChatInput || IsName(name))
            return name;
        form.Wrong("name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid");
        return null;
    }

    private static bool IsName(string text) => Name().IsMatch(text) && !text.Any(char.IsUpper);

    private static bool IsSubcommand(int? kind) => kind is OptionType.Subcommand or OptionType.Group;

    /// <summary>Names, descriptions and choices' values count, of the command and all its options.</summary>
    private static int Characters(JsonObject json) =>
        Localizations.Longest(json, "name") + Localizations.Longest(json, "description") + Localizations.Longest(json, "value")
        + ((string[])["options", "choices"]).Sum(list => (json[list] as JsonArray)?.OfType<JsonObject>().Sum(Characters) ?? 0);

    [GeneratedRegex(@"^[-_'\p{L}\p{N}\u0900-\u097F\u0E00-\u0E7F]{1,32}$")]
    private static partial Regex Name();
}
