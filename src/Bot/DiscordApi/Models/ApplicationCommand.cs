namespace Rally.Bot.DiscordApi.Models;

/// <summary>A command to register. Together name, descriptions, and choices hold at most 8,000 characters; of several languages the longest counts.</summary>
/// <param name="Name">1 to 32 characters; of a slash command in lower case.</param>
/// <param name="Description">1 to 100 characters; null for a command of a menu.</param>
internal sealed record ApplicationCommand(string Name, string? Description)
{
    /// <summary>Null for a slash command.</summary>
    public ApplicationCommandType? Type { get; init; }

    /// <summary>The name by Discord's locale, such as <c>es-ES</c>; who has another sees <see cref="Name"/>.</summary>
    public IReadOnlyDictionary<string, string>? NameLocalizations { get; init; }

    /// <summary>The description by Discord's locale.</summary>
    public IReadOnlyDictionary<string, string>? DescriptionLocalizations { get; init; }

    /// <summary>At most 25; either subcommands (and groups) only, or values only.</summary>
    public IReadOnlyList<CommandOption>? Options { get; init; }

    /// <summary>What a member needs to see the command by default; administrators of a guild may decide otherwise.</summary>
    public Permissions? DefaultMemberPermissions { get; init; }

    /// <summary>Where it can be used.</summary>
    public IReadOnlyList<InteractionContext>? Contexts { get; init; }
}

internal enum ApplicationCommandType
{
    ChatInput = 1,

    /// <summary>In the menu on a user; it has no description and no options.</summary>
    User = 2,
}

internal enum InteractionContext
{
    Guild = 0,
    BotDm = 1,
    PrivateChannel = 2,
}

/// <summary>A subcommand, a group of them, or a value the user gives.</summary>
internal sealed record CommandOption(CommandOptionType Type, string Name, string Description)
{
    /// <summary>The description by Discord's locale.</summary>
    public IReadOnlyDictionary<string, string>? DescriptionLocalizations { get; init; }

    /// <summary>Required options stand before the others.</summary>
    public bool? Required { get; init; }

    /// <summary>Of a subcommand or group.</summary>
    public IReadOnlyList<CommandOption>? Options { get; init; }

    /// <summary>At most 25; not together with <see cref="Autocomplete"/>.</summary>
    public IReadOnlyList<CommandChoice>? Choices { get; init; }

    public bool? Autocomplete { get; init; }

    /// <summary>Bounds of an integer (within ±2^53) or number.</summary>
    public decimal? MinValue { get; init; }

    /// <inheritdoc cref="MinValue"/>
    public decimal? MaxValue { get; init; }

    /// <summary>Bounds of a text, 0 to 6,000 characters.</summary>
    public int? MinLength { get; init; }

    /// <inheritdoc cref="MinLength"/>
    public int? MaxLength { get; init; }

    /// <summary>Which kinds of channel fit a channel option; see <see cref="DiscordChannel"/>.</summary>
    public IReadOnlyList<int>? ChannelTypes { get; init; }
}

internal enum CommandOptionType
{
    Subcommand = 1,
    SubcommandGroup = 2,
    String = 3,
    Integer = 4,
    Boolean = 5,
    User = 6,
    Channel = 7,
    Role = 8,
    Mentionable = 9,
    Number = 10,
}

/// <summary>Something to pick, of at most 100 characters' name.</summary>
internal sealed record CommandChoice
{
    private CommandChoice(string name, object value) => (Name, Value) = (name, value);

    public CommandChoice(string name, string value) : this(name, (object)value)
    {
    }

    public CommandChoice(string name, long value) : this(name, (object)value)
    {
    }

    public string Name { get; }

    /// <summary>The name by Discord's locale.</summary>
    public IReadOnlyDictionary<string, string>? NameLocalizations { get; init; }

    /// <summary>A string or a long, as the option's type asks.</summary>
    public object Value { get; }
}

/// <summary>A command as Discord keeps it.</summary>
internal sealed record RegisteredCommand(ulong Id, string Name, ulong? GuildId = null);
