using Rally.Bot.Roles.Rules;

namespace Rally.Bot.Roles.Reconciling;

/// <summary>What a guild's audit log says of a change.</summary>
internal static class ReasonWords
{
    public static string Of(Verdict verdict)
    {
        var tier = verdict.Tier;
        var held = tier.Coin is { } coin && verdict.Finding?.Condition.Flat().OfType<CoinsHeld>().Any() == true
            ? $"{Held(verdict.Finding, coin)}{tier.Thresholds.Enter} {coin} to enter, {tier.Thresholds.Leave} to stay"
            : "by the rules of this server";
        return verdict.Ground switch
        {
            Ground.NotLinked => "not linked",
            Ground.Outranked => $"has a higher role of {tier.Ladder}",
            Ground.Closed => "the time of this role is over",
            _ => held,
        };
    }

    private static string Held(Finding finding, string coin)
    {
        foreach (var part in Flat(finding))
        {
            if (part.Condition is CoinsHeld held && held.Coins.ToList().FindIndex(need => need.Coin == coin) is >= 0 and var index)
                return $"holds {part.Have[index]} {coin}, ";
        }

        return "";
    }

    private static IEnumerable<Finding> Flat(Finding finding) => finding.Parts.SelectMany(Flat).Prepend(finding);
}
