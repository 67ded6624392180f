using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Network;

namespace Rally.Bot.Commands;

/// <summary><c>/coin list</c>: all coins of the network with their prices.</summary>
internal sealed class CoinList(Prompts prompts, RallyClient network) : PagedCommand(prompts)
{
    public override string Group => "coin";

    public override CommandOption Definition { get; } = Subcommand("list");

    public override Task<MessageReply> RunAsync(CommandCall call, CancellationToken stop) => ShowAsync(call, "", stop);

    protected override async Task<Listing> ListAsync(CommandCall call, string subject, CancellationToken stop)
    {
        var coins = await network.ListCoinsAsync(stop);
        return new(
            coins.Count > 0 ? call.Say("list.heading", coins.Count) : call.Say("list.nothing"),
            [.. coins.Select(coin => $"- **{coin.Symbol}** · {Say.Quote(coin.Name)}{PriceText.After(coin)}")]);
    }
}
