using Rally.Bot.DiscordApi.Gateway;
using Rally.Bot.Linking;
using Rally.Bot.Roles.Reconciling;
using Rally.Bot.Roles.Rules;

namespace Rally.Bot.Roles;

/// <summary>What the gateway tells about guilds, roles and members, turned into marks.</summary>
internal sealed class GuildEvents(
    DirtyMembers dirty, GuildRoles guildRoles, Links links, RuleStore ruleStore, Decisions decisions, ChangesUnderWay underWay, Audits audits)
{
    public async Task HandleAsync(GatewayEvent told, CancellationToken stop)
    {
        switch (told)
        {
            case GuildCreated created:
                // Comes with every new session, and what happened before it was missed.
                guildRoles.Forget(created.Guild.Id);
                audits.Ask(created.Guild.Id);
                break;
            case GuildRoleCreated or GuildRoleUpdated or GuildRoleDeleted:
                var guildId = GuildOf(told);
                guildRoles.Forget(guildId);
                audits.Ask(guildId);
                break;
            case GuildMemberAdded { Member.User: { } user } joined:
                if (await links.FindAsync(user.Id, stop) is not null)
                    await dirty.MarkAsync(joined.GuildId, user.Id, "joined the server", stop);
                break;
            case GuildMemberRemoved left:
                // Their roles are gone with them, which is noted.
                if (await links.FindAsync(left.User.Id, stop) is not null)
                    await dirty.MarkAsync(left.GuildId, left.User.Id, "left the server", stop);
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
            audits.Ask(updated.GuildId);
            return;
        }

        // Most updates are echoes of what the bot just did, or have nothing to do with tiers.
        var rules = (await ruleStore.GetAsync(updated.GuildId, stop)).Tiers;
        var wanted = rules.ToDictionary(tier => tier.Role, tier => underWay.Wanted(updated.GuildId, userId, tier.Role));
        var changes = await decisions.LatestChangesAsync(updated.GuildId, userId, stop);
        foreach (var tier in rules)
        {
            var expected = wanted[tier.Role] ?? changes.GetValueOrDefault(tier.Role)?.Outcome == Outcome.Granted;
            if (updated.Member.Roles.Contains(tier.Role) == expected)
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
