using Rally.Bot.DiscordApi.Models;

namespace Rally.Bot.DiscordApi.Interactions;

/// <summary>Something a user did that wants an answer within three seconds.</summary>
internal abstract record Interaction(InteractionOrigin Origin)
{
    public ulong Id => Origin.Id;

    public DiscordUser User => Origin.User;

    /// <summary>Null in direct messages.</summary>
    public ulong? GuildId => Origin.GuildId;

    public ulong? ChannelId => Origin.ChannelId;

    /// <summary>All permissions in the channel; none in direct messages.</summary>
    public Permissions MemberPermissions => Origin.Member?.Permissions ?? Permissions.None;

    /// <summary>Administrators have every permission.</summary>
    public bool MemberMay(Permissions permissions) =>
        MemberPermissions.HasFlag(Permissions.Administrator) || MemberPermissions.HasFlag(permissions);

    /// <summary>Without the token.</summary>
    public sealed override string ToString() => $"{GetType().Name} {Id}";
}

/// <summary>A slash command was sent.</summary>
/// <param name="Path">The command's name and those of its group and subcommand, such as <c>role add</c>.</param>
internal sealed record CommandInteraction(InteractionOrigin Origin, string Path, CommandOptions Options) : Interaction(Origin);

/// <summary>A command was chosen from the menu on a user.</summary>
/// <param name="TargetId">The user it was chosen on.</param>
internal sealed record MenuInteraction(InteractionOrigin Origin, string Name, ulong TargetId) : Interaction(Origin);

/// <summary>A slash command is being typed; the answer is choices for one option.</summary>
/// <param name="Options">What is typed so far, unchecked.</param>
/// <param name="Focused">The name of the option being typed.</param>
internal sealed record AutocompleteInteraction(
    InteractionOrigin Origin, string Path, CommandOptions Options, string Focused, string FocusedText) : Interaction(Origin);

/// <summary>A button was pressed or a select chosen from.</summary>
/// <param name="Values">What was chosen: texts, or ids in a select of roles.</param>
/// <param name="MessageId">The message the component stands on.</param>
internal sealed record ComponentInteraction(
    InteractionOrigin Origin, string CustomId, IReadOnlyList<string> Values, ulong MessageId) : Interaction(Origin);

/// <summary>A modal was sent in.</summary>
/// <param name="Fields">Texts by the custom id of their input.</param>
/// <param name="FromComponent">The modal came from a component, whose message a reply may update.</param>
internal sealed record ModalInteraction(
    InteractionOrigin Origin, string CustomId, IReadOnlyDictionary<string, string> Fields, bool FromComponent) : Interaction(Origin);
