using System.Collections.Concurrent;
using Rally.Bot.DiscordApi.Rest;

namespace Rally.Bot.Roles;

/// <summary>
/// The role hierarchy of each guild, read once and kept until the gateway says that something about it changed, or for
/// a minute, since without a gateway nothing says so.
/// </summary>
internal sealed class GuildRoles(DiscordRest discord, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<ulong, (DateTimeOffset ReadAt, RoleHierarchy Hierarchy)> _read = new();
    private readonly ConcurrentDictionary<ulong, long> _changes = new();
    private ulong? _ownUserId;

    public async Task<RoleHierarchy> GetAsync(ulong guildId, CancellationToken stop)
    {
        if (_read.TryGetValue(guildId, out var known) && time.GetUtcNow() - known.ReadAt < Lifetime)
            return known.Hierarchy;
        var readAt = time.GetUtcNow();
        var changes = _changes.GetValueOrDefault(guildId);
        var roles = await discord.GetGuildRolesAsync(guildId, stop);
        var self = await discord.GetGuildMemberAsync(guildId, await OwnUserIdAsync(stop), stop)
            ?? throw new InvalidOperationException($"The bot is not in guild {guildId}.");
        var hierarchy = new RoleHierarchy(guildId, roles.ToDictionary(role => role.Id), self.Roles);
        // What was asked before a change may have been answered from before it.
        if (_changes.GetValueOrDefault(guildId) == changes)
            _read[guildId] = (readAt, hierarchy);
        return hierarchy;
    }

    /// <summary>Whether this is the bot's own user.</summary>
    public async Task<bool> IsSelfAsync(ulong userId, CancellationToken stop) => userId == await OwnUserIdAsync(stop);

    /// <summary>Something about the guild's roles, or the bot's own, changed.</summary>
    public void Forget(ulong guildId)
    {
        _changes.AddOrUpdate(guildId, 1, (_, count) => count + 1);
        _read.TryRemove(guildId, out _);
    }

    private async Task<ulong> OwnUserIdAsync(CancellationToken stop) =>
        _ownUserId ??= (await discord.GetCurrentUserAsync(stop)).Id;
}
