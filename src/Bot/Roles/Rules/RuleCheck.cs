using Rally.Ledger.Amounts;

namespace Rally.Bot.Roles.Rules;

/// <summary>What is wrong with a tier, in words that say how to mend it.</summary>
internal static class RuleCheck
{
    public static readonly TimeSpan LongestHolding = TimeSpan.FromDays(365);
    public static readonly TimeSpan LongestGrace = TimeSpan.FromDays(90);
    public static readonly TimeSpan LongestLink = TimeSpan.FromDays(3650);
    private const int MostTiers = 100;
    private const int MostConditions = 20;
    private const int MostCoins = 10;
    private const int Deepest = 4;

    /// <returns>Null when it can be kept.</returns>
    public static string? Fault(GuildRules rules, Tier tier)
    {
        var all = tier.When.Flat().ToList();
        if (rules.Tiers.Count > MostTiers)
            return $"A server has {MostTiers} tiers at most. Remove one with `/tier remove` first.";
        if (all.Count > MostConditions || DepthOf(tier.When) > Deepest)
            return $"That are too many conditions: {MostConditions} at most, {Deepest} deep.";
        if (tier.From >= tier.Until)
            return "The tier would end before it begins. Make `until` later than `from`.";
        if (tier.Grace is { } grace && (grace <= TimeSpan.Zero || grace > LongestGrace))
            return $"A grace is from a minute to {LongestGrace.TotalDays} days, such as 3d.";
        if (tier.Once && tier.Grace is not null)
            return "A role that is earned once is never taken for holding less, so a grace means nothing. Leave out `grace` or `once`.";
        return all.Select(Fault).FirstOrDefault(fault => fault is not null);
    }

    private static int DepthOf(Condition condition) => 1 + condition.Parts.Select(DepthOf).DefaultIfEmpty(0).Max();

    private static string? Fault(Condition condition) => condition switch
    {
        AllOf or AnyOf or NoneOf when condition.Parts.Count == 0 => "There is nothing to be met. Name at least one condition.",
        CoinsHeld held => Fault(held),
        Donated donated when donated.AtLeast <= Amount.Zero => "What has to be donated must be above zero, such as 10.",
        SpentInMonth spent => Thresholds(spent.Enter, spent.Leave),
        LinkedFor linked when linked.AtLeast <= TimeSpan.Zero || linked.AtLeast > LongestLink =>
            $"The age of a link is from a minute to {LongestLink.TotalDays} days, such as 30d.",
        NftsOwned => "NFTs cannot be asked for yet: the network does not tell who owns them. Leave out `nft`.",
        TwitchStanding => "Twitch cannot be asked for yet: the bot is not connected to it. Leave out `twitch`.",
        _ => null,
    };

    private static string? Fault(CoinsHeld held)
    {
        if (held.Coins.Count is 0 or > MostCoins)
            return $"Name from 1 to {MostCoins} coins.";
        if (held.Coins.Select(need => need.Coin).Distinct().Count() < held.Coins.Count)
            return "One coin is named twice. Name each once.";
        if (held.AtLeast < 1 || held.AtLeast > held.Coins.Count)
            return $"Of {held.Coins.Count} coins, from 1 to {held.Coins.Count} can be needed.";
        return held.Coins
            .Select(need => need.For is { } span && (span <= TimeSpan.Zero || span > LongestHolding)
                ? $"The least holding time is from a minute to {LongestHolding.TotalDays} days, such as 30d."
                : Thresholds(need.Enter, need.Leave))
            .FirstOrDefault(fault => fault is not null);
    }

    private static string? Thresholds(Amount enter, Amount leave) =>
        leave <= Amount.Zero || enter <= Amount.Zero ? "Amounts must be above zero, such as 60 or 12.5."
        : leave > enter ? $"To keep the role, {leave} would be needed, more than the {enter} to get it. Make leave at most {enter}."
        : null;
}
