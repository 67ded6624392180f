using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;

namespace Rally.Bot.Commands;

/// <summary>In the menu on a member: what they hold, as <c>/coin lookup</c> says it.</summary>
internal sealed class MemberBalance(CoinLookup lookup) : MemberCommand
{
    public override string NameKey => "menu.balance";

    public override async Task<InteractionReply> RunAsync(CommandCall call, CancellationToken stop) => await lookup.RunAsync(call, stop);
}

/// <summary>In the menu on a member: why they have or lack roles, as <c>/tier why</c> says it.</summary>
internal sealed class MemberWhy(TierWhy why) : MemberCommand
{
    public override string NameKey => "menu.why";

    public override async Task<InteractionReply> RunAsync(CommandCall call, CancellationToken stop) => await why.RunAsync(call, stop);
}

/// <summary>In the menu on a member: a form for amount and note, and then as <c>/coin send</c>.</summary>
internal sealed class MemberSend(CoinSend send, Prompts prompts) : MemberCommand
{
    private const int LongestAmount = 40;

    public override string NameKey => "menu.send";

    public override async Task<InteractionReply> RunAsync(CommandCall call, CancellationToken stop)
    {
        var to = call.User(CommandCall.MemberOption);
        if (to == call.UserId)
            return call.Privately("send.to-oneself");
        var prompt = await prompts.AskAsync(send, call, new ConfirmSend.Wish(call.InteractionId, to, null, "", "", null), stop);
        return new ModalReply(prompt.CustomId("form"), call.Say("form.send-title"),
        [
            new(call.Say("form.amount"), new TextInput(CoinSend.FormAmount, TextInputStyle.Short, MaxLength: LongestAmount), call.Say("form.amount-hint")),
            new(call.Say("form.note"), new TextInput(CoinSend.FormNote, TextInputStyle.Paragraph, Required: false, MaxLength: CoinSend.LongestNote)),
        ]);
    }
}
