using System.Diagnostics;
using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.DiscordApi.Rest;
using Rally.Bot.Network;

namespace Rally.Bot.Commands;

/// <summary>Finds the command an interaction means, checks who may use it, and turns outages into a clear word.</summary>
internal sealed class CommandDispatcher(
    IEnumerable<SlashCommand> commands, IEnumerable<MemberCommand> menu, Prompts prompts, ILogger<CommandDispatcher> log) : IInteractionHandler
{
    private static readonly Dictionary<string, string> NoFields = [];

    private readonly Dictionary<string, SlashCommand> _byPath = commands.ToDictionary(command => command.Path);

    // Discord sends the English name, whatever language it was chosen in.
    private readonly Dictionary<string, MemberCommand> _menu = menu.ToDictionary(command => Language.English.Say(command.NameKey));

    public Deferral DeferralOf(Interaction interaction) => interaction switch
    {
        CommandInteraction sent when _byPath.TryGetValue(sent.Path, out var command) => command.Deferral,
        ComponentInteraction or ModalInteraction { FromComponent: true } => Deferral.Update,
        _ => Deferral.EphemeralMessage,
    };

    public async Task<InteractionReply> HandleAsync(Interaction interaction, CancellationToken stop)
    {
        var language = Language.Of(interaction.Origin.Locale);
        switch (interaction)
        {
            case AutocompleteInteraction { GuildId: { } guildId } typing when _byPath.TryGetValue(typing.Path, out var command):
                return new AutocompleteReply(
                    await command.SuggestAsync(new CommandCall(typing, guildId, typing.Options), typing.FocusedText, stop));
            case CommandInteraction { GuildId: { } guildId } sent when _byPath.TryGetValue(sent.Path, out var command):
                return await RunAsync(command, new CommandCall(sent, guildId, sent.Options), stop);
            case MenuInteraction { GuildId: { } guildId } chosen when _menu.TryGetValue(chosen.Name, out var command):
                return await GuardAsync(chosen.Name, language, () => command.RunAsync(CommandCall.About(chosen, guildId, chosen.TargetId), stop));
            case ComponentInteraction { GuildId: { } guildId } pressed:
                return await AnswerAsync(pressed, guildId, pressed.CustomId, NoFields, stop);
            case ModalInteraction { GuildId: { } guildId } filled:
                return await AnswerAsync(filled, guildId, filled.CustomId, filled.Fields, stop);
            case CommandInteraction { GuildId: null }:
                return Say.Privately(language.Say("command.guild-only"));
            default:
                return Say.Privately(language.Say("command.unknown"));
        }
    }

    public MessageReply Apologise(Interaction interaction, Mishap mishap) =>
        Say.Privately(Language.Of(interaction.Origin.Locale).Say(mishap == Mishap.Failed ? "command.failed" : "command.too-late", interaction.Id));

    private async Task<InteractionReply> RunAsync(SlashCommand command, CommandCall call, CancellationToken stop) =>
        call.May(command.Needs)
            ? await GuardAsync(command.Path, call.Language, async () => await command.RunAsync(call, stop))
            : call.Privately("command.needs", call.Say(NameOf(command.Needs)));

    private async Task<InteractionReply> AnswerAsync(
        Interaction interaction, ulong guildId, string customId, IReadOnlyDictionary<string, string> fields, CancellationToken stop)
    {
        var call = CommandCall.Bare(interaction, guildId);
        if (Prompt.TryParse(customId) is not var (id, choice) || await prompts.FindAsync(id, stop) is not { } prompt
            || !_byPath.TryGetValue(prompt.Command, out var command))
            return call.Privately("prompt.over");
        if (prompt.UserId != call.UserId || prompt.GuildId != guildId)
            return call.Privately("prompt.not-yours");
        // Whoever lost a permission since the question was asked may no longer go on.
        return call.May(command.Needs)
            ? await GuardAsync(command.Path, call.Language, () => command.AnswerAsync(new(call, prompt, choice, fields), stop))
            : call.Privately("command.needs", call.Say(NameOf(command.Needs)));
    }

    private async Task<InteractionReply> GuardAsync(string command, Language language, Func<Task<InteractionReply>> work)
    {
        try
        {
            return await work();
        }
        catch (NetworkException fault)
        {
            log.LogWarning("{Command} failed: {Reason}", command, fault.Message);
            return Say.Privately(language.Say("command.network-away"));
        }
        catch (DiscordApiException refused)
        {
            log.LogWarning("{Command} failed: {Reason}", command, refused.Message);
            return Say.Privately(language.Say("command.discord-refused", refused.Reason, refused.Code));
        }
    }

    private static string NameOf(Permissions permission) => permission switch
    {
        Permissions.ManageGuild => "permission.manage-server",
        Permissions.ManageRoles => "permission.manage-roles",
        _ => throw new UnreachableException($"{permission}"),
    };
}
