using Rally.Ledger.Amounts;

namespace Rally.Bot.Roles.Rules;

/// <summary>Holds conditions against what is known of a member at one moment, and notes when time alone may change the outcome.</summary>
internal sealed class CheckConditions(MemberFacts facts, DateTimeOffset now)
{
    /// <summary>The next moment at which something changes without anybody doing anything; null for never.</summary>
    public DateTimeOffset? Next { get; private set; }

    /// <summary>Something changes then; what is past does not count.</summary>
    public void ChangesAt(DateTimeOffset? at)
    {
        if (at > now && !(at >= Next))
            Next = at;
    }

    /// <param name="keeping">Whether the member meets the tier already: then the lower thresholds count.</param>
    public Finding Check(Condition condition, bool keeping)
    {
        switch (condition)
        {
            case AllOf all:
                return Combine(all, all.Of, keeping, keeping, parts => parts.All(part => part.Met));
            case AnyOf any:
                return Combine(any, any.Of, keeping, keeping, parts => parts.Any(part => part.Met));
            case NoneOf none:
                // Who is out of it stays out until what speaks against them has gone below its lower threshold.
                return Combine(none, none.Of, keeping, !keeping, parts => !parts.Any(part => part.Met));
            case CoinsHeld held:
                return Check(held, keeping);
            case Donated donated:
                var given = facts.DonatedOf(donated.Coin);
                return new(donated, given >= donated.AtLeast, keeping, []) { Have = [given] };
            case SpentInMonth spent:
                var sent = facts.SpentOf(spent.Coin, now);
                if (sent > Amount.Zero)
                    ChangesAt(AccountHistory.MonthOf(now).AddMonths(1));
                return new(spent, sent >= (keeping ? spent.Leave : spent.Enter), keeping, []) { Have = [sent] };
            case LinkedFor linked:
                ChangesAt(facts.LinkedAt + linked.AtLeast);
                return new(linked, facts.LinkedAt + linked.AtLeast <= now, keeping, []) { Since = [facts.LinkedAt] };
            default:
                return new(condition, false, keeping, []); // no source yet: RuleCheck lets none through
        }
    }

    private Finding Check(CoinsHeld held, bool keeping)
    {
        var enough = 0;
        var since = new List<DateTimeOffset?>();
        foreach (var need in held.Coins)
        {
            var from = need.For is null ? null : facts.HeldSince(need.Coin, need.Enter);
            since.Add(from);
            if (from is not null)
                ChangesAt(from + need.For);
            var met = keeping
                ? facts.HeldOf(need.Coin) >= need.Leave
                : facts.HeldOf(need.Coin) >= need.Enter && (need.For is null || from + need.For <= now);
            enough += met ? 1 : 0;
        }

        return new(held, enough >= held.AtLeast, keeping, []) { Have = [.. held.Coins.Select(need => facts.HeldOf(need.Coin))], Since = since };
    }

    private Finding Combine(
        Condition condition, IReadOnlyList<Condition> of, bool keeping, bool keepingParts, Func<IReadOnlyList<Finding>, bool> met)
    {
        var parts = of.Select(part => Check(part, keepingParts)).ToList();
        return new(condition, met(parts), keeping, parts);
    }
}
