using FsCheck;
using FsCheck.Fluent;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Escrow;
using Rally.Ledger.Journal;
using Rally.Ledger.Trades;
using Xunit;

namespace Rally.Ledger.Tests;

/// <summary>What a coin's terms promise, whatever is tried and whenever: flow control, purchase control, vesting.</summary>
public sealed class TermsLawTests
{
    private const long Period = 30L * 24 * 3_600 * 1_000;

    private static readonly Config Config = Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(60);
    private static readonly (Guid Creator, Guid Holder, Guid Friend, Guid Whale) People = (Person(1), Person(2), Person(3), Person(4));

    /// <summary>A step: what, how much of what could be, and how long after the one before.</summary>
    private sealed record Step(int Action, int Share, TimeSpan Later);

    private static Gen<List<Step>> Steps =>
        (from action in Gen.Choose(0, 5)
         from share in Gen.Frequency((3, Gen.Choose(1, 1_000_000)), (1, Gen.Elements(1, 1_000_000, 1_000_001)))
         from later in Gen.Frequency((2, Gen.Choose(0, 3_600_000)), (3, Gen.Choose(0, 400_000_000)), (1, Gen.Choose(0, 2_000_000_000)))
         select new Step(action, share, TimeSpan.FromMilliseconds(later))).ListOf().Select(steps => steps.ToList());

    /// <summary>
    /// Of one holder's sales and sends at t1 … t2, at most 30 days apart, the sum is at most L * (1 + (t2 - t1) / 30 days), where L is
    /// the highest limit (5% of what circulates) at any of them: the limit at once, and what accrues meanwhile; never more than 2 L.
    /// </summary>
    [Fact]
    public void Flow_control_lets_out_no_more_than_the_limit_and_what_accrues() => Holds(Steps, steps =>
    {
        var (ledger, uses) = (OpenWithHoldings(), new List<(long At, long Amount, long Limit)>());
        foreach (var step in steps)
        {
            ledger.Now += step.Later;
            var limit = ledger.Circulating("PTM") * 500 / 10_000;
            var amount = new Amount(Math.Max(1, limit * step.Share / 1_000_000));
            var result = step.Action switch
            {
                0 or 1 => ledger.Send(People.Holder, People.Friend, "PTM", amount),
                2 => ledger.Apply(new SellCommand(ledger.NewId(), People.Holder, "PTM", TradeSize.Coins(amount), bound: null)),
                3 => Hold(ledger, amount, out _),
                4 => ledger.Send(People.Whale, People.Creator, "PTM", amount), // exempt
                _ => ledger.Apply(new BuyCommand(ledger.NewId(), People.Whale, "PTM", TradeSize.Coins(amount), bound: null)),
            };
            if (step.Action <= 3 && result is PostResult.Posted)
                uses.Add((ledger.Now.ToUnixTimeMilliseconds(), amount.MinorUnits, limit));
        }

        return IsWithin(uses);
    });

    /// <summary>The bound is reached: what the terms say in words is not less than what can happen.</summary>
    [Fact]
    public void Nearly_twice_the_limit_can_leave_within_thirty_days_and_no_unit_more()
    {
        var ledger = OpenWithHoldings();
        var limit = ledger.Circulating("PTM") * 500 / 10_000;
        Assert.IsType<PostResult.Posted>(ledger.Send(People.Holder, People.Friend, "PTM", new Amount(limit)));
        Assert.IsType<PostResult.OverAllowance>(ledger.Send(People.Holder, People.Friend, "PTM", new Amount(1)));

        ledger.Now += TimeSpan.FromDays(29);
        var grown = limit * 29 / 30;

        Assert.Equal(new PostResult.OverAllowance(new Amount(grown)), ledger.Send(People.Holder, People.Friend, "PTM", new Amount(grown + 1)));
        Assert.IsType<PostResult.Posted>(ledger.Send(People.Holder, People.Friend, "PTM", new Amount(grown)));
    }

    /// <summary>The same bound on what is really gone, when pending transfers are taken back in between; what circulates stands still.</summary>
    [Fact]
    public void Holds_that_are_given_back_let_out_no_more_either() => Holds(Steps, steps =>
    {
        var ledger = OpenWithHoldings();
        var (uses, open) = (new List<(long At, long Amount, long Limit, Guid Hold)>(), new List<Guid>());
        var limit = ledger.Circulating("PTM") * 500 / 10_000;
        foreach (var step in steps)
        {
            ledger.Now += step.Later;
            var amount = new Amount(Math.Max(1, limit * step.Share / 1_000_000));
            var (now, hold) = (ledger.Now.ToUnixTimeMilliseconds(), Guid.Empty);
            if (step.Action >= 4 && open.Count > 0)
            {
                var ended = open[step.Share % open.Count];
                open.Remove(ended);
                Assert.IsType<PostResult.Posted>(ledger.Apply(ResolveHold.Void(ledger.NewId(), ended)));
                uses.RemoveAll(use => use.Hold == ended);
            }
            else if ((step.Action is 0 or 1 ? ledger.Send(People.Holder, People.Friend, "PTM", amount) : Hold(ledger, amount, out hold)) is PostResult.Posted)
            {
                uses.Add((now, amount.MinorUnits, limit, hold));
                if (hold != Guid.Empty)
                    open.Add(hold);
            }
        }

        return IsWithin(uses.ConvertAll(use => (use.At, use.Amount, use.Limit)));
    });

    [Fact]
    public void Purchase_control_keeps_purchases_small_and_apart() => Holds(Steps, steps =>
    {
        var (cap, between, lasts) = (Amount.Coins(50), TimeSpan.FromDays(2), TimeSpan.FromDays(40));
        var ledger = new MemoryLedger();
        ledger.Issue(People.Holder, Amount.Coins(1_000_000));
        ledger.Launch("PTM", CoinCurve.Linear, People.Creator, CoinTerms.None with
        {
            LargestPurchase = cap,
            BetweenPurchases = between,
            PurchaseControlFor = lasts,
        });
        ledger.Launch("KSK", CoinCurve.Linear, People.Creator, CoinTerms.None);
        ledger.Apply(new BuyCommand(ledger.NewId(), People.Holder, "KSK", TradeSize.Coins(Amount.Coins(10_000)), bound: null));
        var (end, last) = (ledger.Now + lasts, DateTimeOffset.MinValue);
        foreach (var step in steps)
        {
            ledger.Now += step.Later / 10;
            var amount = new Amount((long)step.Share * 60);
            var result = ledger.Apply(step.Action < 4
                ? new BuyCommand(ledger.NewId(), People.Holder, "PTM", TradeSize.Coins(amount), bound: null)
                : new ConvertCommand(ledger.NewId(), People.Holder, "KSK", "PTM", amount, bound: null));
            if (result is not PostResult.Posted posted || ledger.Now >= end)
                continue;
            var bought = posted.Entries.Single(entry => entry.Order.Credit == AccountKey.Of(People.Holder, "PTM")).Order.Amount;
            if (bought > cap || (last != DateTimeOffset.MinValue && ledger.Now - last < between))
                return false;
            last = ledger.Now;
        }

        return true;
    });

    [Fact]
    public void What_has_vested_never_goes_beyond_the_calendar_or_its_share() => Holds(Steps, steps =>
    {
        var terms = CoinTerms.Linear;
        var ledger = new MemoryLedger();
        ledger.Issue(People.Whale, Amount.Coins(100_000_000));
        ledger.Launch("PTM", CoinCurve.Linear, People.Creator, terms with { FlowBasisPoints = 0 });
        var launched = ledger.Now;
        foreach (var step in steps)
        {
            ledger.Now += step.Later * 4;
            var amount = new Amount((long)step.Share * 1_000_000);
            var before = Unlocked();
            var result = ledger.Apply(step.Action switch
            {
                0 or 1 => new BuyCommand(ledger.NewId(), People.Whale, "PTM", TradeSize.Coins(amount), bound: null),
                2 => new SellCommand(ledger.NewId(), People.Whale, "PTM", TradeSize.Coins(amount), bound: null),
                _ => new VestCommand(ledger.NewId(), "PTM"),
            });
            if (step.Action <= 2)
                continue;
            var months = (ledger.Now - launched).Days / 30;
            var calendar = Math.Min(terms.Genesis.MinorUnits, terms.UnlockedAtOnce.MinorUnits + (terms.Genesis.MinorUnits * 3 / 100 * months));
            var isInShare = (Int128)Unlocked() * 10 <= (Int128)ledger.Circulating("PTM") * 3;
            // Nothing unlocks beyond the bounds; and when nothing is due, one of them is why.
            if (Unlocked() > calendar || (Unlocked() > before && !isInShare) || (result is PostResult.NothingDue && Unlocked() != before))
                return false;
            if (result is PostResult.NothingDue && Unlocked() < calendar && ((Int128)Unlocked() + 1) * 10 <= ((Int128)ledger.Circulating("PTM") + 1) * 3)
                return false;
        }

        return true;

        long Unlocked() => terms.Genesis.MinorUnits - ledger.Balance(AccountKey.Vesting("PTM"));
    });

    private static MemoryLedger OpenWithHoldings()
    {
        var ledger = new MemoryLedger();
        ledger.Issue(People.Holder, Amount.Coins(100_000_000));
        ledger.Issue(People.Whale, Amount.Coins(100_000_000));
        ledger.Launch("PTM", CoinCurve.Linear, People.Creator, CoinTerms.None with { FlowBasisPoints = 500 });
        ledger.Apply(new BuyCommand(ledger.NewId(), People.Holder, "PTM", TradeSize.Coins(Amount.Coins(3_000_000)), bound: null));
        ledger.Apply(new BuyCommand(ledger.NewId(), People.Whale, "PTM", TradeSize.Coins(Amount.Coins(1_000_000)), bound: null));
        return ledger;
    }

    private static PostResult Hold(MemoryLedger ledger, Amount amount, out Guid id)
    {
        id = ledger.NewId();
        return ledger.Apply(new OpenHold(id, People.Holder, People.Friend, "PTM", amount, ledger.Now.AddYears(10), "", ""));
    }

    private static bool IsWithin(List<(long At, long Amount, long Limit)> uses)
    {
        for (var i = 0; i < uses.Count; i++)
        {
            var (sum, limit) = (0L, 0L);
            for (var j = i; j < uses.Count && uses[j].At - uses[i].At <= Period; j++)
            {
                (sum, limit) = (sum + uses[j].Amount, Math.Max(limit, uses[j].Limit));
                if ((Int128)sum * Period > (Int128)limit * (Period + uses[j].At - uses[i].At))
                    return false;
            }
        }

        return true;
    }

    private static Guid Person(int number) => new(number, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);

    private static void Holds(Gen<List<Step>> steps, Func<List<Step>, bool> law) => Prop.ForAll(steps.ToArbitrary(), law).Check(Config);
}
