using System.Diagnostics;
using System.Text.Json.Serialization;
using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Network;
using Rally.Ledger.Amounts;

namespace Rally.Bot.Commands;

/// <summary>Asks before coins are sent, with what it costs and what is left, and sends them once the sender agrees.</summary>
internal sealed class ConfirmSend(Prompts prompts, CheckSend check, SendCoins send)
{
    private const string Yes = "yes";
    private const string No = "no";

    /// <summary>What is to be sent, as it waits for the sender's word.</summary>
    /// <param name="InteractionId">The command's: however often the button is pressed, it is one transfer.</param>
    /// <param name="To">The receiver; 0 for a donation.</param>
    /// <param name="Creator">The coin's creator, for a donation.</param>
    internal sealed record Wish(ulong InteractionId, ulong To, Guid? Creator, string Coin, string Amount, string? Note)
    {
        /// <summary>Throws where it is none: it was read when the wish was made.</summary>
        [JsonIgnore]
        public Amount Coins => Ledger.Amounts.Amount.TryParse(Amount, out var coins) ? coins : throw new UnreachableException(Amount);

        public SendCoins.Request By(ulong sender) => new(InteractionId, CommandCall.TimeOf(InteractionId), sender, To, Coin, Coins, Note, Creator);
    }

    public async Task<MessageReply> AskAsync(SlashCommand command, CommandCall call, Wish wish, Coin coin, CancellationToken stop)
    {
        switch (await check.ExecuteAsync(wish.By(call.UserId), coin, stop))
        {
            case CheckSend.Result.Refused refused:
                return Say.Privately(Explain(call, wish, refused.Why));
            case CheckSend.Result.Ready ready:
                var prompt = await prompts.AskAsync(command, call, wish, stop);
                var buttons = new ActionRow(
                    new Button(ButtonStyle.Success, call.Say("send.button-yes"), prompt.CustomId(Yes)),
                    new Button(ButtonStyle.Secondary, call.Say("send.button-no"), prompt.CustomId(No)));
                return new(new() { Content = Say.Fit(Question(call, wish, coin, ready)), Components = [buttons] });
            case var other:
                throw new UnreachableException($"{other}");
        }
    }

    public async Task<InteractionReply> AnswerAsync(Press press, CancellationToken stop)
    {
        var (call, wish) = (press.Call, press.Prompt.Read<Wish>());
        if (press.Choice != Yes)
        {
            await prompts.EndAsync(press.Prompt.Id, stop);
            return Update(call.Say("send.cancelled"));
        }

        // First sent, then forgotten: pressed again after a failure in between, it is the same transfer.
        var result = await send.ExecuteAsync(wish.By(call.UserId), stop);
        await prompts.EndAsync(press.Prompt.Id, stop);
        if (result is not SendCoins.Result.Sent sent)
            return Update(Explain(call, wish, result));
        var note = wish.Note is null ? "" : $"\n“{Say.Quote(wish.Note)}”";
        return Update(call.Say("send.done", wish.Amount, wish.Coin, Receiver(call, wish), sent.BalanceAfter)) with
        {
            Then = Say.Publicly(call.Say("send.told", Say.User(call.UserId), wish.Amount, wish.Coin, Receiver(call, wish)) + note),
        };
    }

    private static string Question(CommandCall call, Wish wish, Coin coin, CheckSend.Result.Ready ready)
    {
        var lines = new List<string> { call.Say("send.question", wish.Amount, wish.Coin, Receiver(call, wish)) };
        if (wish.Note is not null)
            lines.Add($"> {Say.Quote(wish.Note)}");
        if (MoneyInput.InUsd(wish.Coins, coin) is { } usd)
            lines.Add(call.Say("send.worth", usd));
        lines.Add(call.Say("send.fee"));
        lines.Add(call.Say("send.balance", ready.Balance, wish.Coin, ready.Balance - wish.Coins));
        lines.Add(ready.Remaining is { } remaining
            ? call.Say("send.allowance", remaining, wish.Coin, remaining - wish.Coins)
            : call.Say("send.no-allowance"));
        lines.Add(call.Say("send.until", Prompts.Lifetime.TotalMinutes));
        return string.Join('\n', lines);
    }

    private static string Explain(CommandCall call, Wish wish, SendCoins.Result result) => result switch
    {
        SendCoins.Result.SenderNotLinked => call.Say("send.sender-not-linked"),
        SendCoins.Result.RecipientNotLinked => call.Say("send.recipient-not-linked", Say.User(wish.To)),
        SendCoins.Result.TooLittle tooLittle => call.Say("send.too-little", tooLittle.Available, wish.Coin, wish.Amount),
        SendCoins.Result.OverAllowance over => call.Say("send.over-allowance", over.Remaining, wish.Coin, wish.Amount),
        SendCoins.Result.CoinSuspended => call.Say("send.suspended", wish.Coin),
        SendCoins.Result.ConsentGone => call.Say("send.consent-gone"),
        SendCoins.Result.Refused refused => call.Say("send.refused", Say.Quote(refused.Reason)),
        _ => throw new UnreachableException($"{result}"),
    };

    private static string Receiver(CommandCall call, Wish wish) => wish.Creator is null ? Say.User(wish.To) : call.Say("send.creator", wish.Coin);

    private static UpdateReply Update(string text) => new(new() { Content = Say.Fit(text), Components = [] });
}
