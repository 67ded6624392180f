using Rally.Bot.Linking;
using Rally.Bot.Network;
using Rally.Bot.Roles.Rules;

namespace Rally.Bot.Roles.Facts;

/// <summary>Reads of a member what a guild's rules ask about, and no more.</summary>
internal sealed class ReadFacts(Links links, FanHoldings fanHoldings, Histories histories, RallyClient network)
{
    /// <returns>Null when they are not linked, or let the bot see their account no more.</returns>
    /// <exception cref="NetworkException">The network is out of reach: nothing is known.</exception>
    public async Task<MemberFacts?> ExecuteAsync(ulong userId, GuildRules rules, CancellationToken stop)
    {
        if (await links.FindAsync(userId, stop) is not { } link || await fanHoldings.ReadAsync(userId, stop) is not { } held)
            return null;
        return await ExecuteAsync(link, held, rules, stop);
    }

    /// <summary>The same when what they hold has been read.</summary>
    public async Task<MemberFacts> ExecuteAsync(Link link, Holdings held, GuildRules rules, CancellationToken stop)
    {
        var read = new Dictionary<string, AccountHistory>();
        foreach (var coin in rules.CoinsWithHistory)
            read[coin] = await histories.ReadAsync(link.RallyId, coin, held.Position, stop);
        return new(link.RallyId, rules.AsksForLinkAge ? await LinkedSinceAsync(link, stop) : link.LinkedAt, held.ByCoin, read);
    }

    // The network knows since when without a break, also where this bot was asked to link anew; a fan may not have let the bot see that.
    private async Task<DateTimeOffset> LinkedSinceAsync(Link link, CancellationToken stop) =>
        await network.ReadLinksAsync(link.RallyId, stop) is LinksAnswer.Read read && read.Links.FirstOrDefault(one => one.Provider == "discord") is { } known
            ? known.LinkedAt
            : link.LinkedAt;
}
