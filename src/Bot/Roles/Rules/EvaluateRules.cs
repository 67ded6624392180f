namespace Rally.Bot.Roles.Rules;

/// <summary>
/// What the rules say of a member at a moment: nothing is read and nothing is changed here, and the same comes to the same. How somebody
/// stands is by the rules, not by the role Discord shows: a role given or taken by hand, or lost by leaving the guild, changes nothing of it.
/// </summary>
internal static class EvaluateRules
{
    /// <param name="facts">Null when they are not linked, or let the bot see their account no more.</param>
    /// <param name="standings">How they stood before, by role; of the same Rally account.</param>
    public static Evaluation Of(
        GuildRules rules, ulong userId, MemberFacts? facts, IReadOnlyDictionary<ulong, Standing> standings, DateTimeOffset now)
    {
        if (facts is null)
            return new([.. rules.Tiers.Select(tier => new Verdict(tier, Exempts(rules, userId) ? null : false, Ground.NotLinked, null, null))], null);

        var check = new CheckConditions(facts, now);
        var verdicts = rules.Tiers.Select(tier => One(tier, rules.Version, check, standings.GetValueOrDefault(tier.Role), now)).ToList();
        for (var i = 0; i < verdicts.Count; i++)
        {
            if (Exempts(rules, userId))
                verdicts[i] = verdicts[i] with { Wanted = null, Ground = Ground.Exempt, BegunToLeave = false };
            else if (Above(verdicts[i], verdicts) is { } above)
                verdicts[i] = verdicts[i] with { Wanted = false, Ground = Ground.Outranked, Above = above };
        }

        return new(verdicts, check.Next);
    }

    private static bool Exempts(GuildRules rules, ulong userId) => rules.Exempt.Contains(userId);

    private static Verdict One(Tier tier, long version, CheckConditions check, Standing? before, DateTimeOffset now)
    {
        check.ChangesAt(tier.From);
        check.ChangesAt(tier.Until);
        var finding = check.Check(tier.When, keeping: before is not null);
        if (before is not null && tier.Once)
            return new(tier, true, finding.Met ? Ground.Met : Ground.MetOnce, before with { LeavingAt = null }, finding);
        if (!tier.IsOpen(now))
            return new(tier, false, Ground.Closed, null, finding);
        if (finding.Met)
            return new(tier, true, Ground.Met, before is null ? new(now, version) : before with { LeavingAt = null }, finding);
        if (before is null || tier.Grace is null)
            return new(tier, false, Ground.NotMet, null, finding);

        var leavingAt = before.LeavingAt ?? now + tier.Grace.Value;
        check.ChangesAt(leavingAt);
        return leavingAt > now
            ? new(tier, true, Ground.InGrace, before with { LeavingAt = leavingAt }, finding, BegunToLeave: before.LeavingAt is null)
            : new(tier, false, Ground.NotMet, null, finding);
    }

    /// <summary>The highest other tier of the same ladder that is met; null when there is none, or it is lower.</summary>
    private static Tier? Above(Verdict verdict, List<Verdict> all)
    {
        if (verdict.Tier.Ladder is null || verdict.Standing is null)
            return null;
        var highest = all.Where(other => other.Standing is not null && other.Tier.Ladder == verdict.Tier.Ladder)
            .Aggregate((a, b) => a.Tier.CompareHeight(b.Tier) >= 0 ? a : b);
        return highest.Tier.Role == verdict.Tier.Role ? null : highest.Tier;
    }
}
