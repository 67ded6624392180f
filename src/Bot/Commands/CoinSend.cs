using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;

namespace Rally.Bot.Commands;

/// <summary><c>/coin send</c>: coins from the caller to another member, once they have confirmed it.</summary>
internal sealed class CoinSend(ConfirmSend confirm, CoinChoice coins) : SlashCommand
{
    /// <summary>The network's limit of a note.</summary>
    public const int LongestNote = 280;

    public const string FormAmount = "amount";
    public const string FormNote = "note";

    public override string Group => "coin";

    public override CommandOption Definition { get; } = Subcommand(
        "send",
        Required(CommandOptionType.User, CommandCall.MemberOption),
        AmountOption("amount"),
        MoneyInput.Unit,
        CoinChoice.Option,
        Optional(CommandOptionType.String, "note") with { MaxLength = LongestNote });

    public override async Task<MessageReply> RunAsync(CommandCall call, CancellationToken stop)
    {
        var choice = await coins.FindAsync(call, stop);
        return choice.Refusal ?? await AskAsync(
            call, call.User(CommandCall.MemberOption), choice.Coin!, call.Text("amount"), call.OptionalText("unit"), call.OptionalText("note"), stop);
    }

    public override Task<IReadOnlyList<CommandChoice>> SuggestAsync(CommandCall call, string typed, CancellationToken stop) =>
        coins.SuggestAsync(call, typed, stop);

    /// <summary>The confirmation's buttons, and the form of <see cref="MemberSend"/>.</summary>
    public override async Task<InteractionReply> AnswerAsync(Press press, CancellationToken stop)
    {
        if (press.Field(FormAmount) is not { } amount)
            return await confirm.AnswerAsync(press, stop);
        var choice = await coins.FindOwnAsync(press.Call, stop);
        return choice.Refusal ?? await AskAsync(
            press.Call, press.Prompt.Read<ConfirmSend.Wish>().To, choice.Coin!, amount, null, press.Field(FormNote), stop);
    }

    private async Task<MessageReply> AskAsync(
        CommandCall call, ulong to, Network.Coin coin, string typed, string? unit, string? note, CancellationToken stop)
    {
        if (to == call.UserId)
            return call.Privately("send.to-oneself");
        if (!MoneyInput.TryRead(typed, unit, coin, call.Language, out var amount, out var mend))
            return Say.Privately(mend);
        return await confirm.AskAsync(this, call, new(call.InteractionId, to, null, coin.Symbol, $"{amount}", note), coin, stop);
    }
}
