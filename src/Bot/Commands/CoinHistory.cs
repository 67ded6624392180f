using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Linking;
using Rally.Bot.Network;

namespace Rally.Bot.Commands;

/// <summary><c>/coin history</c>: what the caller received and sent lately, with notes.</summary>
internal sealed class CoinHistory(Prompts prompts, Links links, CoinChoice coins, RallyClient network) : PagedCommand(prompts)
{
    // As many as one page of the network's; what is older is on the account page there.
    private const int Most = 100;
    private const int NoteShown = 60;

    public override string Group => "coin";

    public override CommandOption Definition { get; } = Subcommand("history", CoinChoice.Option);

    public override async Task<MessageReply> RunAsync(CommandCall call, CancellationToken stop)
    {
        if (await links.FindAsync(call.UserId, stop) is not { BrokenAt: null })
            return call.Privately("link.none");
        if (call.OptionalText("coin") is null)
            return await ShowAsync(call, "", stop);
        var choice = await coins.FindAsync(call, stop);
        return choice.Refusal ?? await ShowAsync(call, choice.Coin!.Symbol, stop);
    }

    public override Task<IReadOnlyList<CommandChoice>> SuggestAsync(CommandCall call, string typed, CancellationToken stop) =>
        coins.SuggestAsync(call, typed, stop);

    protected override async Task<Listing> ListAsync(CommandCall call, string subject, CancellationToken stop)
    {
        if (await links.FindAsync(call.UserId, stop) is not { BrokenAt: null } link)
            return new(call.Say("link.none"), []);
        if (await network.ReadHistoryAsync(link.RallyId, subject.Length > 0 ? subject : null, before: null, Most, stop) is not { Transfers: var entries })
            return new(call.Say("link.not-visible"), []);
        return new(
            call.Say(entries.Count > 0 ? "history.heading" : "history.nothing"),
            [.. entries.Select(entry => Line(call, link.RallyId, entry))]);
    }

    private static string Line(CommandCall call, Guid self, HistoryEntry entry)
    {
        var isIn = entry.To == self;
        var other = entry.Other is { } system
            ? Say.Quote(system)
            : call.Say((isIn ? entry.From : entry.To) is null ? "history.system" : "history.another");
        var note = entry.Note is { Length: > 0 } text ? $" “{Say.Quote(text.Length > NoteShown ? $"{text[..NoteShown]}…" : text)}”" : "";
        return $"- {Say.Time(entry.PostedAt)} {call.Say(isIn ? "history.in" : "history.out", entry.Amount, entry.Coin, other)}{note}";
    }
}
