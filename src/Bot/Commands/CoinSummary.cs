using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Network;

namespace Rally.Bot.Commands;

/// <summary><c>/coin summary</c>: a coin's figures.</summary>
internal sealed class CoinSummary(CoinChoice coins, CoinReads reads, Installation installation) : SlashCommand
{
    public override string Group => "coin";

    public override CommandOption Definition { get; } = Subcommand("summary", CoinChoice.Option);

    public override async Task<MessageReply> RunAsync(CommandCall call, CancellationToken stop)
    {
        var choice = await coins.FindAsync(call, stop);
        if (choice.Coin is not { } coin)
            return choice.Refusal!;
        var lines = new List<string> { $"**{coin.Symbol}** · {Say.Quote(coin.Name)}{PriceText.After(coin)}" };
        if (coin.Suspended)
            lines.Add(call.Say("summary.suspended"));
        lines.Add(call.Say("summary.supply", coin.Supply, coin.Circulating, coin.Symbol));
        if (coin.Backing is { } backing)
            lines.Add(call.Say("summary.backing", backing));
        if (await reads.StatsAsync(coin.Symbol, stop) is { } stats)
        {
            lines.Add(call.Say("summary.holders", stats.Holders));
            lines.Add(call.Say("summary.activity", stats.Transfers, stats.Trades));
            lines.Add(call.Say("summary.volume", stats.Volume24h, stats.Volume));
        }

        lines.Add(new Uri((await installation.GetAsync(stop)).NetworkPublicUrl, $"explorer/coins/{coin.Symbol}").ToString());
        return Say.Privately(string.Join('\n', lines));
    }

    public override Task<IReadOnlyList<CommandChoice>> SuggestAsync(CommandCall call, string typed, CancellationToken stop) =>
        coins.SuggestAsync(call, typed, stop);
}
