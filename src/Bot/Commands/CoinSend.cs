using System.Diagnostics;
using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;

namespace Rally.Bot.Commands;

/// <summary><c>/coin send</c>: coins from the caller to another member.</summary>
internal sealed class CoinSend(SendCoins send, Guilds guilds) : SlashCommand
{
    private const int LongestNote = 200;

    public override string Group => "coin";

    public override Deferral Deferral => Deferral.PublicMessage;

    public override CommandOption Definition { get; } = Subcommand(
        "send", "Send coins to a member",
        Required(CommandOptionType.User, "member", "Who receives them"),
        AmountOption("amount", "How much, such as 60 or 12.5"),
        Optional(CommandOptionType.String, "note", "A few words to go with it") with { MaxLength = LongestNote });

    public override async Task<MessageReply> RunAsync(CommandCall call, CancellationToken stop)
    {
        var to = call.User("member");
        if (!AmountInput.TryRead(call.Text("amount"), out var amount, out var mend))
            return Say.Privately(mend);
        if (to == call.UserId)
            return Say.Privately("You cannot send coins to yourself. Choose another member.");
        if (await guilds.FindCoinAsync(call.GuildId, stop) is not { } coin)
            return Say.Privately(Texts.NoCoin);

        var note = call.OptionalText("note");
        var request = new SendCoins.Request(call.InteractionId, call.SentAt, call.UserId, to, coin, amount, note);
        return await send.ExecuteAsync(request, stop) switch
        {
            SendCoins.Result.Sent => Say.Publicly(
                $"{Say.User(call.UserId)} sent **{amount} {coin}** to {Say.User(to)}.{(note is null ? "" : $"\n“{Say.Quote(note)}”")}"),
            SendCoins.Result.SenderNotLinked => Say.Privately("You have no linked Rally account to send from. Use `/coin join` to link one."),
            SendCoins.Result.RecipientNotLinked => Say.Privately($"{Say.User(to)} has no linked Rally account. Ask them to use `/coin join`, then send again."),
            SendCoins.Result.TooLittle tooLittle => Say.Privately($"You hold **{tooLittle.Available} {coin}**, less than {amount}. Nothing was sent."),
            SendCoins.Result.OverAllowance over => Say.Privately(
                $"You can send **{over.Remaining} {coin}** now, less than {amount}: what one holder sells and sends at once is limited, and grows back little by little over 30 days. Nothing was sent."),
            SendCoins.Result.CoinSuspended => Say.Privately($"**{coin}** is suspended by Rally's operator: nobody can send it until that ends. Nothing was sent."),
            SendCoins.Result.ConsentGone => Say.Privately("Rally does not let the bot send for you any more. Use `/coin leave`, then `/coin join` to allow it again. Nothing was sent."),
            SendCoins.Result.Refused refused => Say.Privately($"Rally refused: {Say.Quote(refused.Reason)} Nothing was sent."),
            var other => throw new UnreachableException($"{other}"),
        };
    }
}
