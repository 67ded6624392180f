using System.Diagnostics;
using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.DiscordApi.Rest;
using Rally.Bot.Network;

namespace Rally.Bot.Commands;

/// <summary>Finds the command an interaction means, checks who may use it, and turns outages into a clear word.</summary>
internal sealed class CommandDispatcher(IEnumerable<SlashCommand> commands, ILogger<CommandDispatcher> log) : IInteractionHandler
{
    private static readonly Dictionary<string, string> Descriptions = new()
    {
        ["coin"] = "Your creator coins",
        ["tier"] = "Roles for holders of this server's coin",
    };

    private readonly Dictionary<string, SlashCommand> _byPath =
        commands.ToDictionary(command => $"{command.Group} {command.Definition.Name}");

    /// <summary>All commands as Discord is told of them.</summary>
    public IReadOnlyList<ApplicationCommand> Definitions =>
        _byPath.Values.GroupBy(command => command.Group)
            .Select(group => new ApplicationCommand(group.Key, Descriptions[group.Key])
            {
                Options = group.Select(command => command.Definition).ToList(),
                Contexts = [InteractionContext.Guild],
            })
            .ToList();

    public Deferral DeferralOf(Interaction interaction) =>
        interaction is CommandInteraction sent && _byPath.TryGetValue(sent.Path, out var command)
            ? command.Deferral
            : Deferral.EphemeralMessage;

    public async Task<InteractionReply> HandleAsync(Interaction interaction, CancellationToken stop)
    {
        switch (interaction)
        {
            case AutocompleteInteraction { GuildId: { } guildId } typing when _byPath.TryGetValue(typing.Path, out var command):
                return new AutocompleteReply(
                    await command.SuggestAsync(new CommandCall(typing, guildId, typing.Options), typing.FocusedText, stop));
            case CommandInteraction { GuildId: { } guildId } sent when _byPath.TryGetValue(sent.Path, out var command):
                return await RunAsync(command, new CommandCall(sent, guildId, sent.Options), stop);
            case CommandInteraction { GuildId: null }:
                return Say.Privately("This command works in a server only.");
            default:
                return Say.Privately("The bot no longer knows this command. Reload Discord to see those there are.");
        }
    }

    private async Task<InteractionReply> RunAsync(SlashCommand command, CommandCall call, CancellationToken stop)
    {
        if (!call.May(command.Needs))
            return Say.Privately($"You need the permission {NameOf(command.Needs)} for this. Ask someone who manages the server.");
        try
        {
            return await command.RunAsync(call, stop);
        }
        catch (NetworkException fault)
        {
            log.LogWarning("{Command} failed: {Reason}", command.Definition.Name, fault.Message);
            return Say.Privately("The Rally network cannot be reached now. Nothing was changed; please try again in a minute.");
        }
        catch (DiscordApiException refused)
        {
            log.LogWarning("{Command} failed: {Reason}", command.Definition.Name, refused.Message);
            return Say.Privately($"Discord refused what this needs: {refused.Reason} (code {refused.Code}). Check the bot's permissions and try again.");
        }
    }

    private static string NameOf(Permissions permission) => permission switch
    {
        Permissions.ManageGuild => "Manage Server",
        Permissions.ManageRoles => "Manage Roles",
        _ => throw new UnreachableException($"{permission}"),
    };
}
