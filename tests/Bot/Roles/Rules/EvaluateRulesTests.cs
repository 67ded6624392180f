using Rally.Bot.Roles.Rules;
using Rally.Ledger.Amounts;
using Xunit;

namespace Rally.Bot.Tests.Roles.Rules;

public sealed class EvaluateRulesTests
{
    private const ulong Fan = 5;
    private const ulong Gold = 13;
    private const ulong Silver = 12;
    private static readonly DateTimeOffset Now = new(2026, 3, 15, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid Account = Guid.Parse("0193a8a0-0000-7000-8000-000000000001");
    private static readonly Standing In = new(Now - TimeSpan.FromDays(10), 1);

    [Theory]
    [InlineData("49.999999", false, false)]
    [InlineData("50", false, true)]
    [InlineData("47", false, false)]
    [InlineData("47", true, true)]
    [InlineData("45", true, true)]
    [InlineData("44.999999", true, false)]
    [InlineData("0", true, false)]
    public void Fifty_to_enter_and_forty_five_to_stay(string holding, bool isIn, bool wanted) =>
        Assert.Equal(wanted, Only(new Tier(Gold, Held("PTM", 50, 45)), Facts(("PTM", holding)), isIn ? In : null).Wanted);

    [Theory]
    [InlineData("46", false, false)] // what speaks against it counts down to the lower threshold for who is not in
    [InlineData("44", false, true)]
    [InlineData("46", true, true)]
    [InlineData("50", true, false)]
    public void None_of_turns_the_thresholds_around(string holding, bool isIn, bool wanted) =>
        Assert.Equal(wanted, Only(new Tier(Gold, new NoneOf([Held("PTM", 50, 45)])), Facts(("PTM", holding)), isIn ? In : null).Wanted);

    [Theory]
    [InlineData(1, "50", "0", true)]
    [InlineData(2, "50", "0", false)]
    [InlineData(2, "50", "10", true)]
    public void So_many_of_several_coins(int need, string ptm, string allie, bool wanted)
    {
        var when = new CoinsHeld([new("PTM", Amount.Coins(50), Amount.Coins(45)), new("ALLIE", Amount.Coins(10), Amount.Coins(10)), new("KSK", Amount.Coins(1), Amount.Coins(1))], need);
        Assert.Equal(wanted, Only(new Tier(Gold, when), Facts(("PTM", ptm), ("ALLIE", allie))).Wanted);
    }

    [Fact]
    public void All_and_any_go_together_as_they_say()
    {
        var facts = Facts(("PTM", "60"));
        Assert.True(Only(new Tier(Gold, new AnyOf([Held("PTM", 50, 45), Held("ALLIE", 1, 1)])), facts).Wanted);
        Assert.False(Only(new Tier(Gold, new AllOf([Held("PTM", 50, 45), Held("ALLIE", 1, 1)])), facts).Wanted);
        Assert.True(Only(new Tier(Gold, new AllOf([Held("PTM", 50, 45), new NoneOf([Held("ALLIE", 1, 1)])])), facts).Wanted);
    }

    [Fact]
    public void A_least_holding_time_is_waited_for_and_the_next_look_is_when_it_is_over()
    {
        var tier = new Tier(Gold, new CoinsHeld([new("PTM", Amount.Coins(50), Amount.Coins(45), TimeSpan.FromDays(7))], 1));
        var facts = Facts(("PTM", "60")) with { Histories = new Dictionary<string, AccountHistory> { ["PTM"] = Bought(Now - TimeSpan.FromDays(5), 60) } };
        var early = EvaluateRules.Of(Rules(tier), Fan, facts, NoStanding, Now);
        Assert.False(early.Verdicts[0].Wanted);
        Assert.Equal(Now + TimeSpan.FromDays(2), early.LookAgainAt);
        var later = EvaluateRules.Of(Rules(tier), Fan, facts, NoStanding, Now + TimeSpan.FromDays(2));
        Assert.True(later.Verdicts[0].Wanted);
        Assert.Null(later.LookAgainAt);
        // Who is in stays in whatever happened to the time.
        Assert.True(Only(tier, Facts(("PTM", "46")), In).Wanted);
    }

    [Fact]
    public void A_grace_begins_once_ends_when_it_is_over_and_is_called_off_when_met_again()
    {
        var tier = new Tier(Gold, Held("PTM", 50, 45)) { Grace = TimeSpan.FromDays(3) };
        var begun = EvaluateRules.Of(Rules(tier), Fan, Facts(("PTM", "10")), With(In), Now);
        var verdict = begun.Verdicts[0];
        Assert.Equal((true, Ground.InGrace, true), (verdict.Wanted, verdict.Ground, verdict.BegunToLeave));
        Assert.Equal(Now + TimeSpan.FromDays(3), begun.LookAgainAt);

        var during = Only(tier, Facts(("PTM", "10")), verdict.Standing, Now + TimeSpan.FromDays(2));
        Assert.Equal((true, false, verdict.Standing), (during.Wanted, during.BegunToLeave, during.Standing));
        Assert.Equal(In, Only(tier, Facts(("PTM", "45")), verdict.Standing, Now + TimeSpan.FromDays(2)).Standing);
        var over = Only(tier, Facts(("PTM", "10")), verdict.Standing, Now + TimeSpan.FromDays(3));
        Assert.Equal((false, (Standing?)null), (over.Wanted, over.Standing));
    }

    [Fact]
    public void What_is_earned_once_stays_and_goes_with_the_link()
    {
        var tier = new Tier(Gold, Held("PTM", 50, 45)) { Once = true, Until = Now - TimeSpan.FromDays(1) };
        Assert.False(Only(tier, Facts(("PTM", "60"))).Wanted); // too late to earn it
        Assert.Equal((true, Ground.MetOnce), (Only(tier, Facts(("PTM", "0")), In).Wanted, Only(tier, Facts(("PTM", "0")), In).Ground));
        Assert.Equal((false, (Standing?)null), (Only(tier, null, In).Wanted, Only(tier, null, In).Standing));
    }

    [Fact]
    public void A_window_opens_and_closes_by_itself()
    {
        var tier = new Tier(Gold, Held("PTM", 50, 45)) { From = Now + TimeSpan.FromHours(1), Until = Now + TimeSpan.FromHours(3), Grace = TimeSpan.FromDays(9) };
        var before = EvaluateRules.Of(Rules(tier), Fan, Facts(("PTM", "60")), NoStanding, Now);
        Assert.Equal((false, Ground.Closed, tier.From), (before.Verdicts[0].Wanted, before.Verdicts[0].Ground, before.LookAgainAt));
        var within = EvaluateRules.Of(Rules(tier), Fan, Facts(("PTM", "60")), NoStanding, Now + TimeSpan.FromHours(1));
        Assert.Equal((true, tier.Until), (within.Verdicts[0].Wanted, within.LookAgainAt));
        Assert.False(Only(tier, Facts(("PTM", "60")), within.Verdicts[0].Standing, Now + TimeSpan.FromHours(3)).Wanted);
    }

    [Fact]
    public void Of_a_ladder_only_the_highest_is_given()
    {
        var rules = Rules(
            new Tier(Silver, Held("PTM", 10, 10)) { Ladder = "levels" }, new Tier(Gold, Held("PTM", 50, 45)) { Ladder = "levels" });
        var verdicts = EvaluateRules.Of(rules, Fan, Facts(("PTM", "60")), NoStanding, Now).Verdicts;
        Assert.Equal([(false, Ground.Outranked), (true, Ground.Met)], verdicts.Select(verdict => (verdict.Wanted!.Value, verdict.Ground)));
        verdicts = EvaluateRules.Of(rules, Fan, Facts(("PTM", "20")), NoStanding, Now).Verdicts;
        Assert.Equal([true, false], verdicts.Select(verdict => verdict.Wanted!.Value));
        // A rank goes before what is asked for.
        rules = rules.With(rules.Tiers[0] with { Rank = 1 });
        verdicts = EvaluateRules.Of(rules, Fan, Facts(("PTM", "60")), NoStanding, Now).Verdicts;
        Assert.Equal([true, false], verdicts.Select(verdict => verdict.Wanted!.Value));
    }

    [Fact]
    public void Spending_counts_for_its_month_and_the_turn_of_the_month_is_looked_at()
    {
        var tier = new Tier(Gold, new SpentInMonth("PTM", Amount.Coins(20), Amount.Coins(15)));
        var history = AccountHistory.Empty.After(Now - TimeSpan.FromDays(20), Amount.Coins(100), Amount.Coins(50)).After(Now, Amount.Coins(80), Amount.Coins(20));
        var facts = Facts(("PTM", "80")) with { Histories = new Dictionary<string, AccountHistory> { ["PTM"] = history } };
        var now = EvaluateRules.Of(Rules(tier), Fan, facts, NoStanding, Now);
        Assert.Equal((true, new DateTimeOffset(2026, 4, 1, 0, 0, 0, TimeSpan.Zero)), (now.Verdicts[0].Wanted, now.LookAgainAt));
        Assert.False(Only(tier, facts, In, new DateTimeOffset(2026, 4, 1, 0, 0, 0, TimeSpan.Zero)).Wanted);
        Assert.True(Only(new Tier(Gold, new Donated("PTM", Amount.Coins(70))), facts).Wanted);
        Assert.False(Only(new Tier(Gold, new Donated("PTM", Amount.Coins(71))), facts).Wanted);
    }

    [Fact]
    public void A_link_has_to_be_old_enough()
    {
        var tier = new Tier(Gold, new LinkedFor(TimeSpan.FromDays(40)));
        var found = EvaluateRules.Of(Rules(tier), Fan, Facts(), NoStanding, Now);
        Assert.Equal((false, Now + TimeSpan.FromDays(10)), (found.Verdicts[0].Wanted, found.LookAgainAt));
        Assert.True(Only(tier, Facts(), null, Now + TimeSpan.FromDays(10)).Wanted);
    }

    [Fact]
    public void Of_who_is_exempt_nothing_is_wanted()
    {
        var rules = Rules(new Tier(Gold, Held("PTM", 50, 45))) with { Exempt = [Fan] };
        Assert.Null(EvaluateRules.Of(rules, Fan, Facts(("PTM", "60")), NoStanding, Now).Verdicts[0].Wanted);
        Assert.Null(EvaluateRules.Of(rules, Fan, null, NoStanding, Now).Verdicts[0].Wanted);
    }

    [Fact]
    public void A_history_knows_since_when_any_amount_has_been_held()
    {
        DateTimeOffset Day(int day) => new(2026, 1, day, 0, 0, 0, TimeSpan.Zero);
        var history = AccountHistory.Empty;
        foreach (var (day, balance) in new[] { (1, 10), (2, 60), (3, 40), (4, 80), (5, 50), (6, 50) })
            history = history.After(Day(day), Amount.Coins(balance), Amount.Zero);
        Assert.Equal(
            [Day(1), Day(2), Day(4), null],
            new[] { 10, 40, 50, 51 }.Select(amount => history.HeldSince(Amount.Coins(amount))));
        Assert.Null(history.After(Day(7), Amount.Zero, Amount.Zero).HeldSince(new(1)));
        // What is older than any rule asks for is kept as one step.
        var grown = Enumerable.Range(1, 1_000).Aggregate(
            AccountHistory.Empty, (so, day) => so.After(Day(1) + TimeSpan.FromDays(day), Amount.Coins(day), Amount.Zero));
        Assert.InRange(grown.Steps.Count, 1, 368);
        Assert.True(grown.HeldSince(Amount.Coins(600)) <= Day(1) + TimeSpan.FromDays(1_000 - 366));
    }

    [Fact]
    public void Rules_are_read_back_as_they_were_written()
    {
        var rules = Rules(
            new Tier(Gold, new AllOf([Held("PTM", 50, 45), new AnyOf([new Donated("PTM", Amount.Coins(5)), new NoneOf([new LinkedFor(TimeSpan.FromDays(3))])]), new SpentInMonth("ALLIE", new(7), new(6))]))
            {
                Grace = TimeSpan.FromHours(5),
                Once = true,
                Rank = -2,
                Ladder = "x",
                From = Now,
                Until = Now.AddDays(1),
                Channel = 77,
            },
            new Tier(Silver, new AnyOf([new NftsOwned("t", 2), new TwitchStanding("c", "follower")]))) with
        {
            Exempt = [1, 2],
            AdminChannel = 9,
        };
        Assert.Equal(RuleJson.Write(rules), RuleJson.Write(RuleJson.Read<GuildRules>(RuleJson.Write(rules))));
    }

    private static IReadOnlyDictionary<ulong, Standing> NoStanding { get; } = new Dictionary<ulong, Standing>();

    private static Dictionary<ulong, Standing> With(Standing standing) => new() { [Gold] = standing };

    private static GuildRules Rules(params Tier[] tiers) => new() { GuildId = 1, Version = 2, Tiers = tiers };

    private static Verdict Only(Tier tier, MemberFacts? facts, Standing? standing = null, DateTimeOffset? now = null) =>
        Assert.Single(EvaluateRules.Of(Rules(tier), Fan, facts, standing is null ? NoStanding : With(standing), now ?? Now).Verdicts);

    private static CoinsHeld Held(string coin, long enter, long leave) => new([new(coin, Amount.Coins(enter), Amount.Coins(leave))], 1);

    private static MemberFacts Facts(params (string Coin, string Amount)[] held) => new(
        Account, Now - TimeSpan.FromDays(30),
        held.ToDictionary(one => one.Coin, one => Amount.TryParse(one.Amount, out var amount) ? amount : throw new FormatException(one.Amount)),
        new Dictionary<string, AccountHistory>());

    private static AccountHistory Bought(DateTimeOffset at, long coins) => AccountHistory.Empty.After(at, Amount.Coins(coins), Amount.Zero);
}
