namespace Rally.Ledger.Followers;

/// <summary>Drops what was built from the log, and builds it again: the operator's remedy when it is doubted, or was damaged.</summary>
public sealed class RebuildFollowers
{
    private readonly IReadOnlyList<LogFollower> _followers;

    internal RebuildFollowers(IEnumerable<LogFollower> followers) => _followers = [.. followers];

    /// <summary>What can be named: <c>history</c> and <c>market</c>.</summary>
    public IReadOnlyList<string> Names => [.. _followers.Select(follower => follower.Name)];

    /// <summary>Rebuilds; transfers go on meanwhile, and reads of what is rebuilt see it grow.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="stop">Ends it; it is then taken up where it stood.</param>
    /// <returns>The log's position it came to.</returns>
    /// <exception cref="ArgumentException">There is no follower of that name.</exception>
    public async Task<long> ExecuteAsync(string name, CancellationToken stop)
    {
        var follower = _followers.FirstOrDefault(one => one.Name == name)
            ?? throw new ArgumentException($"There is no follower '{name}': there are {string.Join(" and ", Names)}.", nameof(name));
        await follower.RebuildAsync(stop).ConfigureAwait(false);
        return await follower.PositionAsync(stop).ConfigureAwait(false);
    }
}
