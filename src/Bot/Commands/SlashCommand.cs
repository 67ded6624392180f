using System.Diagnostics;
using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;

namespace Rally.Bot.Commands;

/// <summary>One subcommand: what Discord is told of it, and what it does.</summary>
internal abstract class SlashCommand
{
    /// <summary>The command it belongs to, such as <c>coin</c>.</summary>
    public abstract string Group { get; }

    /// <summary>Its name and options as Discord's client offers them; descriptions left out are in the resources, see <see cref="CommandDefinitions"/>.</summary>
    public abstract CommandOption Definition { get; }

    /// <summary>Such as <c>coin send</c>.</summary>
    public string Path => $"{Group} {Definition.Name}";

    /// <summary>What is shown while it takes longer than Discord waits.</summary>
    public virtual Deferral Deferral => Deferral.EphemeralMessage;

    /// <summary>The permission a member needs; checked here, since Discord knows permissions of whole commands only.</summary>
    public virtual Permissions Needs => Permissions.None;

    public abstract Task<MessageReply> RunAsync(CommandCall call, CancellationToken stop);

    /// <summary>Choices for the option being typed.</summary>
    public virtual Task<IReadOnlyList<CommandChoice>> SuggestAsync(CommandCall call, string typed, CancellationToken stop) =>
        Task.FromResult<IReadOnlyList<CommandChoice>>([]);

    /// <summary>Goes on after a question it asked, see <see cref="Prompts"/>.</summary>
    public virtual Task<InteractionReply> AnswerAsync(Press press, CancellationToken stop) =>
        throw new UnreachableException($"{Path} asks nothing, and got an answer.");

    protected static CommandOption Subcommand(string name, string description, params IReadOnlyList<CommandOption> options) =>
        new(CommandOptionType.Subcommand, name, description) { Options = options };

    protected static CommandOption Subcommand(string name, params IReadOnlyList<CommandOption> options) => Subcommand(name, "", options);

    protected static CommandOption Required(CommandOptionType type, string name, string description = "") =>
        new(type, name, description) { Required = true };

    protected static CommandOption Optional(CommandOptionType type, string name, string description = "") => new(type, name, description);

    /// <summary>An amount is typed as text: Discord's numbers are floating-point.</summary>
    protected static CommandOption AmountOption(string name, string description = "") =>
        new(CommandOptionType.String, name, description) { Required = true, MaxLength = 40 };
}
