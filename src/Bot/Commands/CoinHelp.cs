using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Network;

namespace Rally.Bot.Commands;

/// <summary><c>/coin help</c>: what there is, in a line each, and how to begin.</summary>
internal sealed class CoinHelp(Installation installation) : SlashCommand
{
    /// <summary>The subcommands of <c>/coin</c>, in the order in which one needs them.</summary>
    public static IReadOnlyList<string> Named { get; } =
        ["join", "balance", "price", "summary", "list", "send", "donate", "link", "history", "top", "lookup", "leave", "help"];

    public override string Group => "coin";

    public override CommandOption Definition { get; } = Subcommand("help");

    public override async Task<MessageReply> RunAsync(CommandCall call, CancellationToken stop)
    {
        var site = new Uri((await installation.GetAsync(stop)).NetworkPublicUrl, "account").ToString();
        IEnumerable<string> lines =
        [
            call.Say("help.heading"),
            .. Named.Select(name => $"- `/coin {name}` {call.Say($"about.coin.{name}")}"),
            call.Say("help.admins"),
            call.Say("help.account", site),
        ];
        return Say.Privately(string.Join('\n', lines));
    }
}
