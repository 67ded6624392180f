using System.Net;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.DiscordApi.Rest;
using Rally.Bot.Network;
using Rally.Bot.Roles.Facts;
using Rally.Bot.Roles.Notices;
using Rally.Bot.Roles.Reconciling;
using Rally.Bot.Roles.Rules;
using Rally.Storage;

namespace Rally.Bot.Roles;

/// <summary>
/// Looks at one member: reads what should be (the rules, over what the network says of them now) and what is (their roles on Discord),
/// makes the difference, and keeps each decision. Doing it again changes nothing.
/// </summary>
internal sealed class ReconcileMember(
    RuleStore ruleStore, ReadFacts readFacts, Standings standings, ChangeRoles changeRoles, DiscordRest discord, GuildRoles guildRoles,
    Obstacles obstacles, Decisions decisions, TierReports reports, NoticeBoard notices, ChangesUnderWay underWay, Database database, TimeProvider time,
    ILogger<ReconcileMember> log)
{
    // Where nothing tells that the bot is let in again.
    private static readonly TimeSpan AskGuildAgain = TimeSpan.FromHours(1);

    /// <returns>False when the member was marked again meanwhile and is still to be looked at.</returns>
    /// <exception cref="NetworkException">What the member holds cannot be read: nothing was taken from them.</exception>
    /// <exception cref="DiscordApiException">Discord failed; what was done until then is kept.</exception>
    public async Task<bool> ExecuteAsync(DirtyMember member, CancellationToken stop)
    {
        var rules = await ruleStore.GetAsync(member.GuildId, stop);
        List<Decision> made = [];
        try
        {
            var done = rules.Tiers.Count == 0 ? new Looked(IsThere: false, null) : await LookAsync(member, rules, made, stop);
            if (done is null)
                return false; // the rules changed meanwhile, and with them everybody was marked
            return await database.WriteAsync(async transaction =>
            {
                await Decisions.KeepAsync(transaction, made);
                if (done.IsThere)
                    await Looks.KeepAsync(transaction, member.GuildId, member.UserId, rules.Version, time.GetUtcNow(), done.LookAgainAt);
                else
                    await Looks.ForgetAsync(transaction, member.GuildId, member.UserId);
                return await DirtyMembers.ClearAsync(transaction, member);
            }, CancellationToken.None);
        }
        catch when (made.Count > 0)
        {
            await database.WriteAsync(transaction => Decisions.KeepAsync(transaction, made), CancellationToken.None);
            throw;
        }
        finally
        {
            underWay.End(member.GuildId, member.UserId, rules.Tiers.Select(tier => tier.Role));
            if (made.Count > 0)
                reports.Wake();
        }
    }

    private async Task<Looked?> LookAsync(DirtyMember member, GuildRules rules, List<Decision> made, CancellationToken stop)
    {
        var (isSeen, onDiscord) = await FindMemberAsync(member, stop);
        var changes = await decisions.LatestChangesAsync(member.GuildId, member.UserId, stop);
        if (onDiscord is null)
        {
            // Roles go with a member who leaves; how they stand is kept, and they are looked at again when they come back.
            if (isSeen)
            {
                made.AddRange(rules.Tiers.Where(tier => changes.GetValueOrDefault(tier.Role)?.Outcome == Outcome.Granted)
                    .Select(tier => Decided(member, tier, Outcome.Removed, null, rules.Version, "left the server")));
            }

            return new(IsThere: false, null);
        }

        var facts = await readFacts.ExecuteAsync(member.UserId, rules, stop);
        var before = await standings.ReadAsync(member.GuildId, member.UserId, facts?.RallyId, stop);
        var evaluation = EvaluateRules.Of(rules, member.UserId, facts, before, time.GetUtcNow());
        if (!await KeepStandingsAsync(member, rules, facts, before, evaluation, stop))
            return null;

        Decision Make(Tier tier, Outcome outcome, string detail) =>
            Decided(member, tier, outcome, facts is null || tier.Coin is null ? null : facts.HeldOf(tier.Coin), rules.Version, detail);
        List<Verdict> toChange = [];
        foreach (var verdict in evaluation.Verdicts)
        {
            var has = onDiscord.Roles.Contains(verdict.Tier.Role);
            var botGaveIt = changes.GetValueOrDefault(verdict.Tier.Role)?.Outcome == Outcome.Granted;
            if (verdict.Wanted is not { } wanted)
                continue;
            // A crash may have come between the change and its record, or a moderator was quicker.
            if (wanted == has && has != botGaveIt)
                made.Add(Make(verdict.Tier, has ? Outcome.Granted : Outcome.Removed, has ? "had the role already" : "lacked the role already"));
            // Somebody who is not linked and got the role from someone else is none of the bot's business.
            else if (wanted != has && (facts is not null || botGaveIt))
                toChange.Add(verdict);
        }

        if (toChange.Count > 0)
            await changeRoles.ExecuteAsync(member, onDiscord, toChange, Make, made, stop);
        return new(IsThere: true, evaluation.LookAgainAt);
    }

    private async Task<(bool IsSeen, DiscordMember? Member)> FindMemberAsync(DirtyMember member, CancellationToken stop)
    {
        var known = await obstacles.ReadAsync(member.GuildId, stop);
        if (known.GetValueOrDefault(Obstacles.WholeGuild) is { } whole && time.GetUtcNow() - whole.At < AskGuildAgain)
            return (false, null);
        try
        {
            return (true, await discord.GetGuildMemberAsync(member.GuildId, member.UserId, stop));
        }
        catch (DiscordApiException refused) when (refused.Status is HttpStatusCode.Forbidden or HttpStatusCode.NotFound)
        {
            // The bot may not see the guild or its members (any more): asking again would give the same answer. When
            // it is let in again, the gateway tells of the guild, and everybody in it is looked at.
            log.LogWarning("Members of guild {Guild} cannot be read: {Reason}", member.GuildId, refused.Message);
            await obstacles.KeepAsync(new(member.GuildId, Obstacles.WholeGuild, "", refused.Reason, time.GetUtcNow()), NoticeWords.NoMembers(refused.Reason), stop);
            return (false, null);
        }
    }

    /// <summary>How they stand is kept before anything is done about it: whatever fails then is made good by the next look.</summary>
    /// <returns>False when the rules are others by now: who is undone must not leave by the rules that were undone.</returns>
    private async Task<bool> KeepStandingsAsync(
        DirtyMember member, GuildRules rules, MemberFacts? facts, IReadOnlyDictionary<ulong, Standing> before, Evaluation evaluation, CancellationToken stop)
    {
        if (facts is not null && evaluation.Verdicts.All(verdict => verdict.Standing == before.GetValueOrDefault(verdict.Tier.Role)))
            return true;
        var begun = evaluation.Verdicts.Where(verdict => verdict.BegunToLeave).ToList();
        var hierarchy = begun.Count > 0 ? await guildRoles.GetAsync(member.GuildId, stop) : null;
        var now = time.GetUtcNow();
        var isKept = await database.WriteAsync(async transaction =>
        {
            if (!await ruleStore.IsLatestAsync(transaction, rules, stop))
                return false;
            foreach (var verdict in begun)
            {
                await NoticeBoard.AddAsync(transaction, member.GuildId, member.UserId, NoticeWords.Grace(
                    member.GuildId, hierarchy!.NameOf(verdict.Tier.Role), verdict.Tier, verdict.Standing!.LeavingAt!.Value), now);
            }

            await Standings.SaveAsync(transaction, member.GuildId, member.UserId, facts?.RallyId, rules.Version, before, evaluation.Verdicts, now);
            return true;
        }, stop);
        if (begun.Count > 0)
            notices.Wake();
        return isKept;
    }

    private Decision Decided(DirtyMember member, Tier tier, Outcome outcome, Ledger.Amounts.Amount? holding, long version, string detail) => new(
        member.GuildId, member.UserId, tier.Role, outcome, tier.Coin ?? "", holding, tier.Thresholds.Enter, tier.Thresholds.Leave,
        member.Because, detail, time.GetUtcNow(), version);

    /// <param name="IsThere">Whether they are in the guild.</param>
    private sealed record Looked(bool IsThere, DateTimeOffset? LookAgainAt);
}
