using System.Collections.Concurrent;

namespace Rally.Bot.Roles;

/// <summary>
/// Changes of roles that were asked of Discord and are not on record yet. Discord tells of them over the gateway, often
/// before the record is written; without this each echo would look like somebody else's doing.
/// </summary>
internal sealed class ChangesUnderWay
{
    private readonly ConcurrentDictionary<(ulong Guild, ulong User, ulong Role), bool> _wanted = new();

    public void Begin(ulong guildId, ulong userId, ulong roleId, bool give) => _wanted[(guildId, userId, roleId)] = give;

    /// <summary>The record of them is written, or they failed.</summary>
    public void End(ulong guildId, ulong userId, IEnumerable<ulong> roleIds)
    {
        foreach (var roleId in roleIds)
            _wanted.TryRemove((guildId, userId, roleId), out _);
    }

    /// <returns>Whether the member is being given the role or losing it; null when neither.</returns>
    public bool? Wanted(ulong guildId, ulong userId, ulong roleId) =>
        _wanted.TryGetValue((guildId, userId, roleId), out var give) ? give : null;
}
