using System.Net;
using Dapper;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.DiscordApi.Rest;
using Rally.Bot.Linking;
using Rally.Bot.Roles.Rules;
using Rally.Storage;

namespace Rally.Bot.Roles.Reconciling;

/// <summary>
/// Compares a guild's members, a thousand in one request, with what the bot did to them, and marks whoever is otherwise or was never looked
/// at: whatever the gateway did not tell, such as what happened while the bot was away.
/// </summary>
internal sealed class AuditGuild(
    DiscordRest discord, GuildRoles guildRoles, RuleStore ruleStore, Looks looks, Obstacles obstacles, KeepChannels channels, DirtyMembers dirty,
    Database database, ILogger<AuditGuild> log)
{
    private const int PageSize = 1_000;

    /// <returns>How many members were marked.</returns>
    public async Task<int> ExecuteAsync(ulong guildId, CancellationToken stop)
    {
        var rules = await ruleStore.GetAsync(guildId, stop);
        if (rules.Tiers.Count == 0)
            return 0;
        var marked = 0;
        try
        {
            if (await MarkWhereFreeAgainAsync(guildId, stop) is > 0 and var all)
                return all;
            await channels.ExecuteAsync(rules, stop);
            for (ulong after = 0; ;)
            {
                var page = await discord.ListGuildMembersAsync(guildId, after, PageSize, stop);
                marked += await MarkAsync(rules, page, stop);
                if (page.Count < PageSize)
                    return marked;
                after = page[^1].User!.Id;
            }
        }
        catch (DiscordApiException refused) when (refused.Status is HttpStatusCode.Forbidden && refused.Route.EndsWith("/members", StringComparison.Ordinal))
        {
            // Without the Server Members Intent each has to be asked for by themselves.
            log.LogInformation("The members of guild {Guild} cannot be listed, each is looked at: {Reason}", guildId, refused.Message);
            return await dirty.MarkGuildAsync(guildId, "looked at from time to time", stop);
        }
    }

    /// <summary>Where the bot was refused something, and roles or permissions have changed since, it is tried anew.</summary>
    /// <returns>How many members were marked.</returns>
    private async Task<int> MarkWhereFreeAgainAsync(ulong guildId, CancellationToken stop)
    {
        var known = await obstacles.ReadAsync(guildId, stop);
        if (known.Count == 0)
            return 0;
        // Throws while the bot is not let in.
        var fingerprint = (await guildRoles.GetAsync(guildId, stop)).Fingerprint;
        if (!known.Values.Any(one => one.RoleId == Obstacles.WholeGuild || (one.Fingerprint.Length > 0 && one.Fingerprint != fingerprint)))
            return 0;
        var marked = await dirty.MarkGuildAsync(guildId, "roles or permissions changed", stop);
        await obstacles.ReleaseAsync(guildId, fingerprint, stop);
        return marked;
    }

    private async Task<int> MarkAsync(GuildRules rules, IReadOnlyList<DiscordMember> page, CancellationToken stop)
    {
        if (page.Count == 0)
            return 0;
        // Discord lists them by rising id.
        var (first, last) = (page[0].User!.Id, page[^1].User!.Id);
        var linked = await looks.LinkedAsync(rules.GuildId, first, last, stop);
        var given = await GivenAsync(rules.GuildId, first, last, stop);
        var marked = 0;
        foreach (var member in page.Where(member => linked.ContainsKey(member.User!.Id)))
        {
            var userId = member.User!.Id;
            var fits = rules.Exempt.Contains(userId)
                || rules.Tiers.All(tier => member.Roles.Contains(tier.Role) == given.Contains((userId, tier.Role)));
            if (linked[userId] && fits)
                continue;
            await dirty.MarkAsync(
                rules.GuildId, userId, linked[userId] ? "their roles were changed on Discord" : "in the server, and not looked at yet", stop, Urgency.Sweep);
            marked++;
        }

        return marked;
    }

    /// <summary>The roles that these members have by the bot's own record.</summary>
    private Task<HashSet<(ulong User, ulong Role)>> GivenAsync(ulong guildId, ulong first, ulong last, CancellationToken stop) =>
        database.ReadAsync(async connection => (await connection.QueryAsync<Row>("""
            SELECT user_id, role_id FROM bot_decision AS d
            WHERE guild_id = @guild AND user_id BETWEEN @first AND @last AND outcome = @granted AND id = (
              SELECT id FROM bot_decision
              WHERE guild_id = d.guild_id AND user_id = d.user_id AND role_id = d.role_id AND outcome <> @refused
              ORDER BY id DESC LIMIT 1)
            """,
            new { guild = (long)guildId, first = (long)first, last = (long)last, granted = nameof(Outcome.Granted), refused = nameof(Outcome.Refused) }))
            .Select(row => ((ulong)row.UserId, (ulong)row.RoleId)).ToHashSet(), stop);

    private sealed record Row(long UserId, long RoleId);
}
