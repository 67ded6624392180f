using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;

namespace Rally.Bot.Commands;

/// <summary><c>/rally setup</c>: which coin this server's commands and tiers are about.</summary>
internal sealed class RallySetup(CoinChoice coins, Guilds guilds) : SlashCommand
{
    public override string Group => "rally";

    public override Permissions Needs => Permissions.ManageGuild;

    public override CommandOption Definition { get; } = Subcommand(
        "setup", Required(CommandOptionType.String, "symbol") with { Autocomplete = true });

    public override async Task<MessageReply> RunAsync(CommandCall call, CancellationToken stop)
    {
        var choice = await coins.FindAsync(call, call.Text("symbol"), stop);
        if (choice.Coin is not { } coin)
            return choice.Refusal!;
        await guilds.SetCoinAsync(call.GuildId, coin.Symbol, call.UserId, stop);
        return Say.Publicly(call.Say("setup.done", coin.Symbol, Say.Quote(coin.Name)));
    }

    public override Task<IReadOnlyList<CommandChoice>> SuggestAsync(CommandCall call, string typed, CancellationToken stop) =>
        coins.SuggestAsync(call, typed, stop);
}
