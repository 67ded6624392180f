using Rally.Bot.DiscordApi.Interactions;

namespace Rally.Bot.Commands;

/// <summary>A command in the menu on a member.</summary>
internal abstract class MemberCommand
{
    /// <summary>The key of its name, such as <c>menu.balance</c>.</summary>
    public abstract string NameKey { get; }

    /// <param name="call">Has the member it was chosen on as the option <c>member</c>.</param>
    /// <param name="stop">Ends the work.</param>
    public abstract Task<InteractionReply> RunAsync(CommandCall call, CancellationToken stop);
}
