using Rally.Bot.Linking;
using Rally.Bot.Network;
using Rally.Bot.Roles.Facts;
using Rally.Bot.Roles.Reconciling;
using Rally.Bot.Roles.Rules;

namespace Rally.Bot.Roles;

/// <summary>
/// Compares what somebody holds with how they stood when they were last looked at, and marks them where that is otherwise: whatever way an
/// event was lost, a change of role waits no longer than from one sweep to the next.
/// </summary>
internal sealed class SweepHoldings(RuleStore ruleStore, ReadFacts readFacts, Standings standings, Looks looks, Links links, DirtyMembers dirty, TimeProvider time)
{
    public async Task MarkAsync(ulong userId, Holdings holdings, CancellationToken stop)
    {
        if (await links.FindAsync(userId, stop) is not { } link)
            return;
        // Who is in a guild and was never looked at there is found by its audit.
        foreach (var (guildId, dueAt) in await looks.GuildsOfAsync(userId, stop))
        {
            var rules = await ruleStore.GetAsync(guildId, stop);
            var facts = await readFacts.ExecuteAsync(link, holdings, rules, stop);
            var before = await standings.ReadAsync(guildId, userId, link.RallyId, stop);
            var now = EvaluateRules.Of(rules, userId, facts, before, time.GetUtcNow());
            // Also where nothing is to be done yet, and sooner than was thought: a holding time has begun unheard.
            if (now.Verdicts.Any(verdict => verdict.Standing != before.GetValueOrDefault(verdict.Tier.Role)) || now.LookAgainAt < (dueAt ?? DateTimeOffset.MaxValue))
                await dirty.MarkAsync(guildId, userId, "looked at from time to time", stop, Urgency.Sweep);
        }
    }
}
