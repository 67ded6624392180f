using System.Globalization;
using Rally.Bot.Roles.Rules;

namespace Rally.Bot.Roles.Why;

/// <summary>Rules and what they came to, in words: all such sentences stand here.</summary>
internal static class RuleWords
{
    /// <summary>What a tier asks for, such as "50 PTM to get it, 45 to keep it; 3 days of grace".</summary>
    public static string Of(Tier tier)
    {
        var more = new List<string>();
        if (tier.Grace is { } grace)
            more.Add($"{Of(grace)} of grace");
        if (tier.Once)
            more.Add("kept for good once earned");
        if (tier.Ladder is not null)
            more.Add($"only the highest of “{tier.Ladder}”{(tier.Rank != 0 ? $", rank {tier.Rank}" : "")}");
        if (tier.From is { } from)
            more.Add($"from {Time(from)}");
        if (tier.Until is { } until)
            more.Add($"until {Time(until)}");
        if (tier.Channel is { } channel)
            more.Add($"opens <#{channel}>");
        return string.Join("; ", more.Prepend(Of(tier.When)));
    }

    public static string Of(Condition condition) => condition switch
    {
        AllOf all => string.Join(" and ", all.Of.Select(Inner)),
        AnyOf any => string.Join(" or ", any.Of.Select(Inner)),
        NoneOf none => $"none of: {string.Join(", ", none.Of.Select(Inner))}",
        CoinsHeld { Coins: [var only] } => Of(only),
        CoinsHeld held => $"{(held.AtLeast == held.Coins.Count ? "all" : held.AtLeast == 1 ? "any" : $"{held.AtLeast}")} of ({string.Join(", ", held.Coins.Select(Of))})",
        Donated donated => $"{donated.AtLeast} {donated.Coin} donated in all",
        SpentInMonth spent => $"{spent.Enter} {spent.Coin} spent on the creator this month to get it{(spent.Leave < spent.Enter ? $", {spent.Leave} to keep it" : "")}",
        LinkedFor linked => $"linked for {Of(linked.AtLeast)}",
        NftsOwned nfts => $"{nfts.AtLeast} NFT of {nfts.Template}",
        TwitchStanding twitch => $"{twitch.Standing} of {twitch.Channel} on Twitch",
        _ => throw new ArgumentOutOfRangeException(nameof(condition)),
    };

    /// <summary>How a condition stands for a member, a line for each part of it.</summary>
    public static IEnumerable<string> Of(Finding finding) => finding.Condition switch
    {
        AllOf or AnyOf or NoneOf => finding.Parts.SelectMany(Of),
        CoinsHeld held => held.Coins.Select((need, i) => Of(need, finding, i)),
        Donated donated => [$"{Mark(finding.Met)} has donated {finding.Have[0]} of {donated.AtLeast} {donated.Coin}"],
        SpentInMonth spent => [$"{Mark(finding.Met)} has spent {finding.Have[0]} of {(finding.Keeping ? spent.Leave : spent.Enter)} {spent.Coin} this month"],
        LinkedFor linked => [$"{Mark(finding.Met)} linked since {Time(finding.Since[0]!.Value)}, {Of(linked.AtLeast)} are needed"],
        var other => [$"{Mark(finding.Met)} {Of(other)}"],
    };

    /// <summary>What the rules say about one tier of a member.</summary>
    public static string Of(Verdict verdict) => verdict.Ground switch
    {
        Ground.Met => "They meet it.",
        Ground.NotMet => "They do not meet it.",
        Ground.InGrace => $"They meet it no more and keep it until {Time(verdict.Standing!.LeavingAt!.Value)}.",
        Ground.MetOnce => $"They earned it at {Time(verdict.Standing!.EnteredAt)}, and it stays.",
        Ground.Outranked => $"They meet it, and <@&{verdict.Above!.Role}> is higher in “{verdict.Tier.Ladder}”.",
        Ground.Closed => verdict.Tier.From is { } from && verdict.Tier.Until is null ? $"It begins at {Time(from)}." : "It is not the time for it.",
        Ground.NotLinked => "Nothing is known of what they hold.",
        Ground.Exempt => "The bot leaves their roles alone (`/tier exempt`).",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
    };

    /// <summary>In the largest units that say it exactly: 30 days, 12 hours, 90 minutes.</summary>
    public static string Of(TimeSpan span)
    {
        var (count, unit) = span.Ticks % TimeSpan.TicksPerDay == 0 ? ((long)span.TotalDays, "day")
            : span.Ticks % TimeSpan.TicksPerHour == 0 ? ((long)span.TotalHours, "hour")
            : ((long)span.TotalMinutes, "minute");
        return string.Create(CultureInfo.InvariantCulture, $"{count} {unit}{(count == 1 ? "" : "s")}");
    }

    private static string Inner(Condition condition) => condition.Parts.Count > 1 ? $"({Of(condition)})" : Of(condition);

    private static string Of(CoinNeed need) =>
        $"**{need.Enter} {need.Coin}** to get it{(need.For is { } span ? $", held for {Of(span)}" : "")}, **{need.Leave} {need.Coin}** to keep it";

    private static string Of(CoinNeed need, Finding finding, int index)
    {
        var needed = finding.Keeping ? need.Leave : need.Enter;
        var enough = finding.Have[index] >= needed
            && (finding.Keeping || need.For is null || finding.Since[index] is not null);
        var since = need.For is { } span && !finding.Keeping && finding.Have[index] >= need.Enter
            ? $" It has been since {(finding.Since[index] is { } from ? Time(from) : "now")}; {Of(span)} are needed."
            : "";
        return $"{Mark(enough)} {need.Coin}: {finding.Have[index]} is {(finding.Have[index] >= needed ? "" : "not ")}enough to {(finding.Keeping ? "keep" : "get")} it.{since}";
    }

    private static string Mark(bool met) => met ? "✓" : "✗";

    private static string Time(DateTimeOffset at)
    {
        var seconds = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"<t:{seconds}:d> <t:{seconds}:t>";
    }
}
