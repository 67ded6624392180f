using System.Collections.Concurrent;
using Rally.Bot.Network;

namespace Rally.Bot.Roles.Facts;

/// <summary>Whose coin it is. That never changes, so that it is asked once.</summary>
internal sealed class CoinCreators(RallyClient network)
{
    private readonly ConcurrentDictionary<string, Guid> _known = new();

    /// <returns>Null for a coin without a creator, or that is not there.</returns>
    public async Task<Guid?> OfAsync(string coin, CancellationToken stop)
    {
        if (_known.TryGetValue(coin, out var creator))
            return creator;
        if ((await network.FindCoinAsync(coin, stop))?.Creator is not { } found)
            return null;
        return _known[coin] = found;
    }
}
