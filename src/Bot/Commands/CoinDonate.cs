using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Linking;

namespace Rally.Bot.Commands;

/// <summary><c>/coin donate</c>: coins from the caller to the coin's creator, who need not be on Discord.</summary>
internal sealed class CoinDonate(ConfirmSend confirm, CoinChoice coins, Links links) : SlashCommand
{
    public override string Group => "coin";

    public override CommandOption Definition { get; } = Subcommand(
        "donate", AmountOption("amount"), MoneyInput.Unit, CoinChoice.Option,
        Optional(CommandOptionType.String, "note") with { MaxLength = CoinSend.LongestNote });

    public override async Task<MessageReply> RunAsync(CommandCall call, CancellationToken stop)
    {
        var choice = await coins.FindAsync(call, stop);
        if (choice.Coin is not { } coin)
            return choice.Refusal!;
        if (coin.Creator is not { } creator)
            return call.Privately("donate.no-creator", coin.Symbol);
        if ((await links.FindAsync(call.UserId, stop))?.RallyId == creator)
            return call.Privately("donate.own-coin", coin.Symbol);
        if (!MoneyInput.TryRead(call.Text("amount"), call.OptionalText("unit"), coin, call.Language, out var amount, out var mend))
            return Say.Privately(mend);
        return await confirm.AskAsync(this, call, new(call.InteractionId, 0, creator, coin.Symbol, $"{amount}", call.OptionalText("note")), coin, stop);
    }

    public override Task<InteractionReply> AnswerAsync(Press press, CancellationToken stop) => confirm.AnswerAsync(press, stop);

    public override Task<IReadOnlyList<CommandChoice>> SuggestAsync(CommandCall call, string typed, CancellationToken stop) =>
        coins.SuggestAsync(call, typed, stop);
}
