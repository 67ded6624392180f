using Rally.Bot.Roles.Rules;
using Rally.Ledger.Amounts;

namespace Rally.Bot.Tests.Roles.Town;

/// <summary>Makes tiers of every kind there is, by a seed. Durations are whole hours, moments half past.</summary>
internal sealed class RandomRules(Random random, IReadOnlyList<string> coins)
{
    public Tier Tier(ulong role, DateTimeOffset now)
    {
        var tier = new Tier(role, Condition(depth: 0))
        {
            Grace = random.Next(3) == 0 ? TimeSpan.FromHours(random.Next(1, 30)) : null,
            Ladder = random.Next(3) == 0 ? "levels" : null,
            Rank = random.Next(3) == 0 ? random.Next(3) : 0,
            From = random.Next(8) == 0 ? Moment(now, random.Next(-5, 20)) : null,
            Until = random.Next(8) == 0 ? Moment(now, random.Next(21, 60)) : null,
        };
        return random.Next(8) == 0 ? tier with { Once = true, Grace = null } : tier;
    }

    private Condition Condition(int depth)
    {
        var kind = random.Next(depth < 2 ? 14 : 8);
        return kind switch
        {
            0 => new Donated(Coin(), Amount.Coins(random.Next(1, 40))),
            1 => new SpentInMonth(Coin(), Amount.Coins(random.Next(10, 30)), Amount.Coins(random.Next(5, 11))),
            2 => new LinkedFor(TimeSpan.FromHours(random.Next(1, 60))),
            3 => new CoinsHeld([.. coins.Select(Need)], random.Next(1, coins.Count + 1)),
            < 8 => new CoinsHeld([Need(Coin())], 1),
            8 or 9 => new AllOf(Several(depth)),
            10 or 11 => new AnyOf(Several(depth)),
            12 => new NoneOf(Several(depth)),
            _ => new AllOf([new CoinsHeld([Need(Coin())], 1), new NoneOf(Several(depth))]),
        };
    }

    private List<Condition> Several(int depth) => [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Condition(depth + 1))];

    private CoinNeed Need(string coin)
    {
        var enter = random.Next(1, 100);
        return new(coin, Amount.Coins(enter), Amount.Coins(random.Next(1, enter + 1)), random.Next(2) == 0 ? TimeSpan.FromHours(random.Next(1, 50)) : null);
    }

    private string Coin() => coins[random.Next(coins.Count)];

    private static DateTimeOffset Moment(DateTimeOffset now, int hours) =>
        new DateTimeOffset(now.Year, now.Month, now.Day, now.Hour, 30, 0, TimeSpan.Zero) + TimeSpan.FromHours(hours);
}
