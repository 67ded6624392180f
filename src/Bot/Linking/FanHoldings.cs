using Rally.Bot.Network;

namespace Rally.Bot.Linking;

/// <summary>What fans hold, as far as they let the bot see it.</summary>
internal sealed class FanHoldings(Links links, FanTokens tokens, RallyClient network)
{
    /// <returns>Null when the person is not linked, or has withdrawn the bot's access to their account, or the account is gone.</returns>
    /// <exception cref="NetworkException">The network is out of reach, or refuses for reasons of the bot's own: nothing is known.</exception>
    public async Task<Holdings?> ReadAsync(ulong userId, CancellationToken stop)
    {
        if (await links.FindAsync(userId, stop) is not { BrokenAt: null } link)
            return null;
        if (await network.ReadHoldingsAsync(link.RallyId, stop) is HoldingsAnswer.Read read)
            return read.Holdings;

        // The network does not let the bot see the account. Only when the fan's own tokens are dead too is it proven
        // that they withdrew; otherwise something is amiss with the bot, and nobody loses a role for that.
        var token = await tokens.GetAsync(userId, stop);
        if (token is not null && await network.FindUserAsync(token, stop) is null)
            token = await tokens.RenewAsync(userId, token, stop);
        return token is null
            ? null
            : throw new NetworkException("The Rally network does not let the bot read the balances of a fan who allowed it. Check the bot's scopes there.");
    }
}
