using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Linking;

namespace Rally.Bot.Commands;

/// <summary><c>/coin balance</c>: what the caller holds.</summary>
internal sealed class CoinBalance(Links links, HoldingsText holdings) : SlashCommand
{
    public override string Group => "coin";

    public override CommandOption Definition { get; } = Subcommand("balance");

    public override async Task<MessageReply> RunAsync(CommandCall call, CancellationToken stop)
    {
        if (await links.FindAsync(call.UserId, stop) is not { BrokenAt: null } link)
            return call.Privately("link.none");
        return await holdings.ReadAsync(call, link, $"**{Say.Quote(link.Username)}**", stop) is { } text
            ? Say.Privately(text)
            : call.Privately("link.not-visible");
    }
}
