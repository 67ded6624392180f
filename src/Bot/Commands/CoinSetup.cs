using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Network;

namespace Rally.Bot.Commands;

/// <summary><c>/coin setup</c>: which coin this server's commands and tiers are about.</summary>
internal sealed class CoinSetup(RallyClient network, Guilds guilds) : SlashCommand
{
    public override string Group => "coin";

    public override Permissions Needs => Permissions.ManageGuild;

    public override CommandOption Definition { get; } = Subcommand(
        "setup", "Choose the creator coin of this server",
        Required(CommandOptionType.String, "symbol", "The coin's symbol, such as PTM") with { Autocomplete = true });

    public override async Task<MessageReply> RunAsync(CommandCall call, CancellationToken stop)
    {
        var typed = call.Text("symbol");
        if (await network.FindCoinAsync(typed.Trim(), stop) is not { } coin)
        {
            var known = string.Join(", ", (await network.ListCoinsAsync(stop)).Take(20).Select(c => c.Symbol));
            return Say.Privately($"There is no coin “{Say.Quote(typed)}”. {(known.Length > 0 ? $"Coins there are: {known}." : "No coin has been launched yet.")}");
        }

        await guilds.SetCoinAsync(call.GuildId, coin.Symbol, call.UserId, stop);
        return Say.Publicly(
            $"This server's coin is now **{coin.Symbol}** ({Say.Quote(coin.Name)}). Next: `/tier add` opens a role to holders; fans link their Rally account with `/coin join`.");
    }

    public override async Task<IReadOnlyList<CommandChoice>> SuggestAsync(CommandCall call, string typed, CancellationToken stop) =>
        (await network.ListCoinsAsync(stop))
            .Where(coin => coin.Symbol.Contains(typed, StringComparison.OrdinalIgnoreCase) || coin.Name.Contains(typed, StringComparison.OrdinalIgnoreCase))
            .Take(25)
            .Select(coin => new CommandChoice($"{coin.Symbol} · {coin.Name}", coin.Symbol))
            .ToList();
}
