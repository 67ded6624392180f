using Microsoft.AspNetCore.WebUtilities;
using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Network;

namespace Rally.Bot.Commands;

/// <summary><c>/coin link</c>: an address that opens a coin's page with an amount and a note filled in, as the former Rally's did.</summary>
internal sealed class CoinLink(CoinChoice coins, Installation installation) : SlashCommand
{
    public override string Group => "coin";

    public override CommandOption Definition { get; } = Subcommand(
        "link", AmountOption("amount") with { Required = false }, MoneyInput.Unit, CoinChoice.Option,
        Optional(CommandOptionType.String, "note") with { MaxLength = CoinSend.LongestNote });

    public override async Task<MessageReply> RunAsync(CommandCall call, CancellationToken stop)
    {
        var choice = await coins.FindAsync(call, stop);
        if (choice.Coin is not { } coin)
            return choice.Refusal!;
        var query = new Dictionary<string, string?>();
        if (call.OptionalText("amount") is { } typed)
        {
            // A link is for later: what it is worth then is reckoned when it is followed, so no price is needed now.
            if (!AmountInput.TryRead(typed.TrimStart('$'), out var amount, out var mend, call.Language))
                return Say.Privately(mend);
            query["inputType"] = MoneyInput.UnitOf(typed, call.OptionalText("unit"));
            query["amount"] = $"{amount}";
        }

        if (call.OptionalText("note") is { } note)
            query["note"] = note;
        var page = new Uri((await installation.GetAsync(stop)).PublicUrl, $"creator/{coin.Symbol}/").ToString();
        return call.Privately("deep-link.is", coin.Symbol, QueryHelpers.AddQueryString(page, query));
    }

    public override Task<IReadOnlyList<CommandChoice>> SuggestAsync(CommandCall call, string typed, CancellationToken stop) =>
        coins.SuggestAsync(call, typed, stop);
}
