using System.Globalization;
using System.Net;
using Rally.Bot.DiscordApi.Rest;
using Rally.Bot.Linking;
using Rally.Bot.Network;
using Rally.Ledger.Amounts;
using Rally.Storage;

namespace Rally.Bot.Roles;

/// <summary>
/// Looks at one member: reads what should be (the rules, over what the network says they hold now) and what is (their
/// roles on Discord), makes the difference, and keeps each decision. Doing it again changes nothing.
/// </summary>
internal sealed class ReconcileMember(
    Tiers tiers, FanHoldings fanHoldings, DiscordRest discord, GuildRoles guildRoles,
    Decisions decisions, TierReports reports, ChangesUnderWay underWay, Database database, TimeProvider time, ILogger<ReconcileMember> log)
{
    /// <returns>False when the member was marked again meanwhile and is still to be looked at.</returns>
    /// <exception cref="NetworkException">What the member holds cannot be read: nothing was taken from them.</exception>
    /// <exception cref="DiscordApiException">Discord failed; what was done until then is kept.</exception>
    public async Task<bool> ExecuteAsync(DirtyMember member, CancellationToken stop)
    {
        var rules = await tiers.ListAsync(member.GuildId, stop);
        List<Decision> made = [];
        try
        {
            return await ExecuteAsync(member, rules, made, stop);
        }
        finally
        {
            underWay.End(member.GuildId, member.UserId, rules.Select(tier => tier.RoleId));
            if (made.Count > 0)
                reports.Wake();
        }
    }

    private async Task<bool> ExecuteAsync(DirtyMember member, IReadOnlyList<Tier> rules, List<Decision> made, CancellationToken stop)
    {
        try
        {
            if (rules.Count > 0)
                await DecideAsync(member, rules, made, stop);
        }
        catch (DiscordApiException refused) when (refused.Status is HttpStatusCode.Forbidden or HttpStatusCode.NotFound)
        {
            // The bot may not see the guild or its members (any more): asking again would give the same answer. When
            // it is let in again, the gateway tells of the guild, and everybody in it is looked at.
            log.LogWarning("Members of guild {Guild} cannot be read: {Reason}", member.GuildId, refused.Message);
        }
        catch when (made.Count > 0)
        {
            await database.WriteAsync(transaction => Decisions.KeepAsync(transaction, made), CancellationToken.None);
            throw;
        }

        return await database.WriteAsync(async transaction =>
        {
            if (made.Count > 0)
                await Decisions.KeepAsync(transaction, made);
            return await DirtyMembers.ClearAsync(transaction, member);
        }, CancellationToken.None);
    }

    private async Task DecideAsync(DirtyMember member, IReadOnlyList<Tier> rules, List<Decision> made, CancellationToken stop)
    {
        var onDiscord = await discord.GetGuildMemberAsync(member.GuildId, member.UserId, stop);
        if (onDiscord is null)
            return; // not in this guild; looked at again when they join
        var holdings = await fanHoldings.ReadAsync(member.UserId, stop);
        var changes = await decisions.LatestChangesAsync(member.GuildId, member.UserId, stop);
        IReadOnlyDictionary<ulong, Decision>? latest = null;

        foreach (var tier in rules)
        {
            var has = onDiscord.Roles.Contains(tier.RoleId);
            var holding = holdings?.Of(tier.Coin);
            var wants = tier.Wants(holding, has);
            var botGaveIt = changes.GetValueOrDefault(tier.RoleId)?.Outcome == Outcome.Granted;
            Decision Decided(Outcome outcome, string detail) => new(
                member.GuildId, member.UserId, tier.RoleId, outcome, tier.Coin, holding, tier.Enter, tier.Leave,
                member.Because, detail, time.GetUtcNow());

            if (wants == has)
            {
                // A crash may have come between the change and its record, or a moderator was quicker.
                if (has && !botGaveIt)
                    made.Add(Decided(Outcome.Granted, "had the role already"));
                else if (!has && botGaveIt)
                    made.Add(Decided(Outcome.Removed, "lacked the role already"));
                continue;
            }

            // Somebody who is not linked and got the role from someone else is none of the bot's business.
            if (holding is null && !botGaveIt)
                continue;

            var decision = await ChangeAsync(tier, wants, holding, member, Decided, stop);
            latest ??= await decisions.LatestAsync(member.GuildId, member.UserId, stop);
            if (!decision.Repeats(latest.GetValueOrDefault(tier.RoleId)))
                made.Add(decision);
        }
    }

    private async Task<Decision> ChangeAsync(
        Tier tier, bool give, Amount? holding, DirtyMember member, Func<Outcome, string, Decision> decided, CancellationToken stop)
    {
        var hierarchy = await guildRoles.GetAsync(member.GuildId, stop);
        if (hierarchy.WhyNot(tier.RoleId) is { } obstacle)
            return decided(Outcome.Refused, obstacle);

        var reason = Reason(tier, give, holding);
        underWay.Begin(member.GuildId, member.UserId, tier.RoleId, give);
        try
        {
            if (give)
                await discord.AddMemberRoleAsync(member.GuildId, member.UserId, tier.RoleId, reason, stop);
            else
                await discord.RemoveMemberRoleAsync(member.GuildId, member.UserId, tier.RoleId, reason, stop);
            return decided(give ? Outcome.Granted : Outcome.Removed, "");
        }
        catch (DiscordApiException refused) when (refused.Status is HttpStatusCode.Forbidden or HttpStatusCode.NotFound)
        {
            // Asking again would give the same answer; a change of the guild's roles marks everyone again.
            guildRoles.Forget(member.GuildId);
            return decided(Outcome.Refused, $"Discord said: {refused.Reason} (code {refused.Code}).");
        }
    }

    private static string Reason(Tier tier, bool give, Amount? holding) => string.Create(
        CultureInfo.InvariantCulture,
        $"Rally: {(holding is { } held ? $"holds {held} {tier.Coin}" : "not linked")}, {(give ? $"{tier.Enter} to enter" : $"{tier.Leave} to stay")}");
}
