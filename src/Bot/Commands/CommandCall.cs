using System.Globalization;
using System.Text.Json;
using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;

namespace Rally.Bot.Commands;

/// <summary>A command as it was sent in a server: who, where, in which language, and with what.</summary>
internal sealed class CommandCall(Interaction interaction, ulong guildId, CommandOptions options)
{
    public const string MemberOption = "member";

    private const long DiscordEpochMilliseconds = 1_420_070_400_000; // 2015-01-01; a snowflake's upper 42 bits count from it

    public ulong InteractionId => interaction.Id;

    public ulong GuildId => guildId;

    public ulong UserId => interaction.User.Id;

    /// <summary>The account's own name, which no server can change.</summary>
    public string UserName => interaction.User.Username;

    public DateTimeOffset SentAt => TimeOf(interaction.Id);

    /// <summary>The caller's.</summary>
    public Language Language { get; } = Language.Of(interaction.Origin.Locale);

    /// <summary>A call about a member, as if it were given as the option <see cref="MemberOption"/>.</summary>
    public static CommandCall About(Interaction interaction, ulong guildId, ulong memberId) => new(
        interaction, guildId, new(
            new Dictionary<string, JsonElement> { [MemberOption] = JsonSerializer.SerializeToElement(memberId.ToString(CultureInfo.InvariantCulture)) },
            new()));

    /// <summary>A call without options.</summary>
    public static CommandCall Bare(Interaction interaction, ulong guildId) => new(interaction, guildId, new(new Dictionary<string, JsonElement>(), new()));

    /// <summary>When Discord gave out an id.</summary>
    public static DateTimeOffset TimeOf(ulong snowflake) =>
        DateTimeOffset.FromUnixTimeMilliseconds((long)(snowflake >> 22) + DiscordEpochMilliseconds);

    /// <summary>The option being typed; null once the command is sent.</summary>
    public string? Focused => (interaction as AutocompleteInteraction)?.Focused;

    public bool May(Permissions permissions) => interaction.MemberMay(permissions);

    /// <summary>A text in the caller's language.</summary>
    public string Say(string key, params IReadOnlyList<object?> parts) => Language.Say(key, parts);

    /// <summary>A reply in the caller's language that they alone see.</summary>
    public MessageReply Privately(string key, params IReadOnlyList<object?> parts) => Commands.Say.Privately(Say(key, parts));

    /// <summary>A required option; Discord lets no command through without it.</summary>
    public string Text(string name) => options.Text(name) ?? throw Missing(name);

    public string? OptionalText(string name) => options.Text(name) is { } text && text.Trim().Length > 0 ? text.Trim() : null;

    public ulong User(string name) => options.Id(name) ?? throw Missing(name);

    public ulong? OptionalUser(string name) => options.Id(name);

    public ulong Role(string name) => options.Id(name) ?? throw Missing(name);

    private InvalidOperationException Missing(string name) => new($"{interaction} lacks the option {name}.");
}
