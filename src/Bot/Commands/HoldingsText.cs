using Rally.Bot.Linking;
using Rally.Bot.Network;

namespace Rally.Bot.Commands;

/// <summary>Says what somebody holds, the server's own coin first.</summary>
internal sealed class HoldingsText(Guilds guilds, RallyClient network)
{
    private const int Most = 25;

    /// <param name="name">Whose it is, as a text of Discord's.</param>
    /// <returns>Null when the network does not let the bot see the account.</returns>
    public async Task<string?> ReadAsync(CommandCall call, Link link, string name, CancellationToken stop)
    {
        if (await network.ReadHoldingsAsync(link.RallyId, stop) is not HoldingsAnswer.Read read)
            return null;
        var own = await guilds.FindCoinAsync(call.GuildId, stop);
        var held = read.Holdings.ByCoin.Where(coin => coin.Value.MinorUnits > 0 && coin.Key != own).OrderBy(coin => coin.Key, StringComparer.Ordinal).ToList();
        var lines = held.Take(Most).Select(coin => $"- **{coin.Value} {coin.Key}**").ToList();
        if (own is not null)
            lines.Insert(0, $"- **{read.Holdings.Of(own)} {own}**");
        if (held.Count > Most)
            lines.Add(call.Say("balance.more", held.Count - Most));
        return lines.Count == 0 ? call.Say("balance.nothing", name) : $"{call.Say("balance.holds", name)}\n{string.Join('\n', lines)}";
    }
}
