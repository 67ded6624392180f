using Rally.Bot.DiscordApi.Gateway;
using Rally.Bot.Linking;

namespace Rally.Bot.Roles;

/// <summary>What the gateway tells about guilds, roles and members, turned into marks.</summary>
internal sealed class GuildEvents(
    DirtyMembers dirty, GuildRoles guildRoles, Links links, Tiers tiers, Decisions decisions, ChangesUnderWay underWay)
{
    public async Task HandleAsync(GatewayEvent told, CancellationToken stop)
    {
        switch (told)
        {
            case GuildCreated created:
                // Comes with every new session, and what happened before it was missed.
                guildRoles.Forget(created.Guild.Id);
                await dirty.MarkGuildAsync(created.Guild.Id, "the bot (re)connected to Discord", stop);
                break;
            case GuildRoleCreated or GuildRoleUpdated or GuildRoleDeleted:
                var guildId = GuildOf(told);
                guildRoles.Forget(guildId);
                await dirty.MarkGuildAsync(guildId, "the server's roles changed", stop);
                break;
            case GuildMemberAdded { Member.User: { } user } joined:
                if (await links.FindAsync(user.Id, stop) is not null)
                    await dirty.MarkAsync(joined.GuildId, user.Id, "joined the server", stop);
                break;
            case GuildMemberUpdated { Member.User: { } user } updated:
                await HandleUpdateAsync(updated, user.Id, stop);
                break;
        }
    }

    private async Task HandleUpdateAsync(GuildMemberUpdated updated, ulong userId, CancellationToken stop)
    {
        if (await guildRoles.IsSelfAsync(userId, stop))
        {
            guildRoles.Forget(updated.GuildId);
            await dirty.MarkGuildAsync(updated.GuildId, "the bot's own roles changed", stop);
            return;
        }

        // Most updates are echoes of what the bot just did, or have nothing to do with tiers.
        var rules = await tiers.ListAsync(updated.GuildId, stop);
        var wanted = rules.ToDictionary(tier => tier.RoleId, tier => underWay.Wanted(updated.GuildId, userId, tier.RoleId));
        var changes = await decisions.LatestChangesAsync(updated.GuildId, userId, stop);
        foreach (var tier in rules)
        {
            var expected = wanted[tier.RoleId] ?? changes.GetValueOrDefault(tier.RoleId)?.Outcome == Outcome.Granted;
            if (updated.Member.Roles.Contains(tier.RoleId) == expected)
                continue;
            if (await links.FindAsync(userId, stop) is not null)
                await dirty.MarkAsync(updated.GuildId, userId, "their roles were changed on Discord", stop);
            return;
        }
    }

    private static ulong GuildOf(GatewayEvent told) => told switch
    {
        GuildRoleCreated created => created.GuildId,
        GuildRoleUpdated updated => updated.GuildId,
        GuildRoleDeleted deleted => deleted.GuildId,
        _ => throw new ArgumentException($"{told.GetType().Name} names no guild.", nameof(told)),
    };
}
