using Rally.Bot.Roles.Rules;
using Rally.Ledger.Amounts;

namespace Rally.Bot.Tests.Roles.Town;

/// <summary>
/// The rules once more, as naively as they can be written: each question is answered by going through the whole log. It is told when the bot
/// looks, for thresholds to stay and graces begin with a look.
/// </summary>
internal sealed class NaiveRules(PretendNetwork network)
{
    private Dictionary<(ulong User, ulong Role), (Guid Account, DateTimeOffset? Leaving)> _in = [];

    /// <summary>How everybody stands, to be brought back by <see cref="Restore"/>.</summary>
    public object Snapshot() => new Dictionary<(ulong, ulong), (Guid, DateTimeOffset?)>(_in);

    /// <remarks>A grace that the rules between have ended begins anew.</remarks>
    public void Restore(object snapshot) =>
        _in = ((Dictionary<(ulong User, ulong Role), (Guid Account, DateTimeOffset? Leaving)>)snapshot).ToDictionary(
            one => one.Key, one => _in.TryGetValue(one.Key, out var now) && now.Leaving is null ? (one.Value.Account, null) : one.Value);

    /// <returns>The roles a member is to have, of those with tiers.</returns>
    public HashSet<ulong> Look(GuildRules rules, ulong user, (Guid Account, DateTimeOffset LinkedAt)? link, DateTimeOffset now)
    {
        if (link is null)
        {
            foreach (var key in _in.Keys.Where(key => key.User == user).ToList())
                _in.Remove(key);
            return [];
        }

        foreach (var tier in rules.Tiers)
            Step(tier, user, link.Value, now);
        var wanted = rules.Tiers.Where(tier => _in.TryGetValue((user, tier.Role), out var one) && one.Account == link.Value.Account).ToList();
        return [.. wanted
            .Where(tier => tier.Ladder is null || !wanted.Any(other => other.Ladder == tier.Ladder && IsHigher(other, tier)))
            .Select(tier => tier.Role)];
    }

    private void Step(Tier tier, ulong user, (Guid Account, DateTimeOffset LinkedAt) link, DateTimeOffset now)
    {
        var key = (user, tier.Role);
        var isIn = _in.TryGetValue(key, out var one) && one.Account == link.Account;
        var open = (tier.From is null || tier.From <= now) && (tier.Until is null || now < tier.Until);
        var met = Meets(tier.When, link.Account, link.LinkedAt, isIn, now);
        if (isIn && tier.Once)
            _in[key] = (link.Account, null);
        else if (open && met)
            _in[key] = (link.Account, null);
        else if (isIn && open && tier.Grace is { } grace && (one.Leaving ?? now + grace) is var end && end > now)
            _in[key] = (link.Account, end);
        else if (isIn)
            _in.Remove(key);
    }

    private bool Meets(Condition condition, Guid account, DateTimeOffset linkedAt, bool isIn, DateTimeOffset now)
    {
        switch (condition)
        {
            case AllOf all:
                return all.Of.All(part => Meets(part, account, linkedAt, isIn, now));
            case AnyOf any:
                return any.Of.Any(part => Meets(part, account, linkedAt, isIn, now));
            case NoneOf none:
                return none.Of.All(part => !Meets(part, account, linkedAt, !isIn, now));
            case CoinsHeld held:
                return held.Coins.Count(need => isIn
                    ? network.BalanceOf(account, need.Coin) >= need.Leave
                    : Lowest(account, need.Coin, need.For is { } span ? now - span : now, now) >= need.Enter) >= held.AtLeast;
            case Donated donated:
                return Sent(account, donated.Coin, DateTimeOffset.MinValue, now) >= donated.AtLeast;
            case SpentInMonth spent:
                return Sent(account, spent.Coin, new(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero), now) >= (isIn ? spent.Leave : spent.Enter);
            case LinkedFor linked:
                return now - linkedAt >= linked.AtLeast;
            default:
                throw new InvalidOperationException($"{condition}");
        }
    }

    /// <summary>The least that was held at any moment from one to another.</summary>
    private Amount Lowest(Guid account, string coin, DateTimeOffset from, DateTimeOffset to)
    {
        long balance = 0;
        long? lowest = null;
        foreach (var entry in network.Log.Where(entry => entry.Coin == coin && (entry.From == account || entry.To == account)))
        {
            if (entry.At > from)
                lowest = Math.Min(lowest ?? balance, balance);
            balance += entry.To == account ? entry.Amount.MinorUnits : -entry.Amount.MinorUnits;
        }

        return new(Math.Min(lowest ?? balance, balance));
    }

    private Amount Sent(Guid account, string coin, DateTimeOffset from, DateTimeOffset to) => new(network.Log
        .Where(entry => entry.Coin == coin && entry.From == account && entry.To == network.Creators[coin] && entry.At >= from && entry.At <= to)
        .Sum(entry => entry.Amount.MinorUnits));

    private static bool IsHigher(Tier a, Tier b) =>
        a.Rank != b.Rank ? a.Rank > b.Rank
        : a.Thresholds.Enter != b.Thresholds.Enter ? a.Thresholds.Enter.MinorUnits > b.Thresholds.Enter.MinorUnits
        : a.Role > b.Role;
}
