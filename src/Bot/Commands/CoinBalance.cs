using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Linking;
using Rally.Bot.Network;

namespace Rally.Bot.Commands;

/// <summary><c>/coin balance</c>: what the caller holds.</summary>
internal sealed class CoinBalance(Links links, Guilds guilds, RallyClient network) : SlashCommand
{
    public override string Group => "coin";

    public override CommandOption Definition { get; } = Subcommand("balance", "See which coins you hold");

    public override async Task<MessageReply> RunAsync(CommandCall call, CancellationToken stop)
    {
        if (await links.FindAsync(call.UserId, stop) is not { BrokenAt: null } link)
            return Say.Privately("You have no linked Rally account. Use `/coin join` to link one.");
        if (await network.ReadHoldingsAsync(link.RallyId, stop) is not HoldingsAnswer.Read read)
            return Say.Privately("Rally does not let the bot see your account any more. Use `/coin leave`, then `/coin join` to allow it again.");

        var own = await guilds.FindCoinAsync(call.GuildId, stop);
        var lines = read.Holdings.ByCoin
            .Where(held => held.Value.MinorUnits > 0)
            .OrderByDescending(held => held.Key == own).ThenBy(held => held.Key, StringComparer.Ordinal)
            .Select(held => $"- **{held.Value} {held.Key}**")
            .ToList();
        if (own is not null && read.Holdings.Of(own).MinorUnits == 0)
            lines.Insert(0, $"- **0 {own}**");
        return Say.Privately(lines.Count == 0
            ? $"**{Say.Quote(link.Username)}** holds no coins yet."
            : $"**{Say.Quote(link.Username)}** holds:\n{string.Join('\n', lines)}");
    }
}
