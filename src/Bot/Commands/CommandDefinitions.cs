using Rally.Bot.DiscordApi.Models;

namespace Rally.Bot.Commands;

/// <summary>
/// All commands as Discord is told of them, in every language the bot speaks. Names stay English, so that help and documents hold for
/// all; descriptions are the texts <c>about.coin</c>, <c>about.coin.send</c>, <c>about.coin.send.member</c>, names of choices
/// <c>choice.usd</c>, and names in the menu on a member <c>menu.balance</c>.
/// </summary>
internal sealed class CommandDefinitions(IEnumerable<SlashCommand> commands, IEnumerable<MemberCommand> menu)
{
    public IReadOnlyList<ApplicationCommand> All { get; } =
        [.. commands.GroupBy(command => command.Group).Select(DescribeGroup), .. menu.Select(DescribeMenu)];

    private static ApplicationCommand DescribeGroup(IGrouping<string, SlashCommand> group)
    {
        var key = $"about.{group.Key}";
        return new(group.Key, Language.English.Say(key))
        {
            DescriptionLocalizations = Language.Translations(key),
            Options = [.. group.Select(command => Describe(command.Definition, key))],
            // Discord hides whole commands only: what every part needs, the whole needs.
            DefaultMemberPermissions = group.Select(command => command.Needs).Aggregate((a, b) => a & b) is var needed and not Permissions.None ? needed : null,
            Contexts = [InteractionContext.Guild],
        };
    }

    private static ApplicationCommand DescribeMenu(MemberCommand command) => new(Language.English.Say(command.NameKey), null)
    {
        Type = ApplicationCommandType.User,
        NameLocalizations = Language.Translations(command.NameKey),
        Contexts = [InteractionContext.Guild],
    };

    private static CommandOption Describe(CommandOption option, string parent)
    {
        var key = $"{parent}.{option.Name}";
        var isTranslated = Language.English.Find(key) is not null;
        return option with
        {
            Description = isTranslated ? Language.English.Say(key) : option.Description,
            DescriptionLocalizations = isTranslated ? Language.Translations(key) : null,
            Options = option.Options?.Select(inner => Describe(inner, key)).ToList(),
            Choices = option.Choices?.Select(Name).ToList(),
        };
    }

    // A choice's name is the key of its text until here.
    private static CommandChoice Name(CommandChoice choice) =>
        Language.English.Find($"choice.{choice.Name}") is { } name && choice.Value is string value
            ? new(name, value) { NameLocalizations = Language.Translations($"choice.{choice.Name}") }
            : choice;
}
