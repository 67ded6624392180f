using System.Collections.Concurrent;
using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Linking;
using Rally.Bot.Network;
using Rally.Ledger.Amounts;

namespace Rally.Bot.Commands;

/// <summary><c>/coin top</c>: who of the server holds most of a coin, of those who let themselves be seen; with buttons to be seen, or no longer.</summary>
internal sealed class CoinTop(Prompts prompts, CoinChoice coins, ShownMembers shown, Links links, RallyClient network) : PagedCommand(prompts)
{
    private const string Show = "show";
    private const string Hide = "hide";
    private const int ReadsAtOnce = 8;

    public override string Group => "coin";

    public override CommandOption Definition { get; } = Subcommand("top", CoinChoice.Option);

    public override async Task<MessageReply> RunAsync(CommandCall call, CancellationToken stop)
    {
        var choice = await coins.FindAsync(call, stop);
        return choice.Refusal ?? await ShowAsync(call, choice.Coin!.Symbol, stop);
    }

    public override Task<IReadOnlyList<CommandChoice>> SuggestAsync(CommandCall call, string typed, CancellationToken stop) =>
        coins.SuggestAsync(call, typed, stop);

    protected override async Task<Listing> ListAsync(CommandCall call, string subject, CancellationToken stop)
    {
        // The network lists holders by their ids, so those who are shown are asked for one by one.
        var held = new ConcurrentBag<(ulong UserId, Amount Amount)>();
        var reading = new ParallelOptions { MaxDegreeOfParallelism = ReadsAtOnce, CancellationToken = stop };
        await Parallel.ForEachAsync(await shown.ListAsync(call.GuildId, stop), reading, async (member, end) =>
        {
            if (await network.ReadHoldingsAsync(member.RallyId, end) is HoldingsAnswer.Read read && read.Holdings.Of(subject) > Amount.Zero)
                held.Add((member.UserId, read.Holdings.Of(subject)));
        });
        var lines = held.OrderByDescending(one => one.Amount).ThenBy(one => one.UserId)
            .Select((one, place) => $"{place + 1}. {Say.User(one.UserId)} **{one.Amount} {subject}**").ToList();
        return new(call.Say(lines.Count > 0 ? "top.heading" : "top.nobody", subject), lines);
    }

    protected override bool HasMore => true;

    protected override IReadOnlyList<Button> More(CommandCall call, Prompt prompt) =>
    [
        new(ButtonStyle.Primary, call.Say("top.show-me"), prompt.CustomId(Show)),
        new(ButtonStyle.Secondary, call.Say("top.hide-me"), prompt.CustomId(Hide)),
    ];

    protected override async Task<MessageReply?> ChooseAsync(Press press, CancellationToken stop)
    {
        var isShown = press.Choice == Show;
        if (isShown && await links.FindAsync(press.Call.UserId, stop) is not { BrokenAt: null })
            return press.Call.Privately("link.none");
        await shown.SetAsync(press.Call.GuildId, press.Call.UserId, isShown, stop);
        return null;
    }
}
