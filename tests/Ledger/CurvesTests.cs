using FsCheck.Fluent;
using Rally.Ledger.Amounts;
using Rally.Ledger.Curves;
using Xunit;
using static Rally.Ledger.Tests.CurvesGen;

namespace Rally.Ledger.Tests;

/// <summary>What is true of every curve.</summary>
public sealed class CurvesTests
{
    private static readonly Amount One = new(1);

    public static TheoryData<string> Names => new("linear", "sigmoid");

    [Theory, InlineData("fixed"), InlineData("base"), InlineData(""), InlineData("Linear")]
    public void A_coin_that_is_not_sold_on_a_curve_has_none(string name) => Assert.Null(Curve.Named(name));

    [Theory, MemberData(nameof(Names))]
    public void With_nothing_sold_there_is_nothing_behind_the_coin(string name) =>
        Assert.Equal(Amount.Zero, Find(name).Reserve(Amount.Zero));

    [Theory, MemberData(nameof(Names))]
    public void Price_and_reserve_never_fall_as_more_is_sold(string name)
    {
        var curve = Find(name);
        Holds(Sold(curve), Sold(curve), (a, b) =>
        {
            var (less, more) = a < b ? (a, b) : (b, a);
            var next = less < curve.MostSold ? less + One : less;
            return curve.Reserve(less) <= curve.Reserve(more) && curve.Price(less) <= curve.Price(more)
                && curve.Reserve(less) <= curve.Reserve(next) && curve.Price(less) <= curve.Price(next);
        });
    }

    [Theory, MemberData(nameof(Names))]
    public void What_coins_cost_lies_between_their_first_and_last_price(string name)
    {
        var curve = Find(name);
        Holds(Sold(curve), Sold(curve), (a, b) =>
        {
            var (less, more) = a < b ? (a, b) : (b, a);
            var coins = (Int128)(more - less).MinorUnits;
            var cost = (Int128)(curve.Reserve(more) - curve.Reserve(less)).MinorUnits * Amount.PerCoin;
            return cost > (coins * curve.Price(less).MinorUnits) - Amount.PerCoin
                && cost < (coins * (curve.Price(more).MinorUnits + 1)) + Amount.PerCoin;
        });
    }

    [Theory, MemberData(nameof(Names))]
    public void A_budget_buys_the_most_coins_it_covers(string name)
    {
        var curve = Find(name);
        Holds(Sold(curve), Rly(curve), (sold, budget) => IsMost(curve, sold, budget, curve.CoinsFor(sold, budget)));
    }

    [Theory, MemberData(nameof(Names))]
    public void A_budget_of_exactly_the_cost_buys_the_coins(string name)
    {
        var curve = Find(name);
        Holds(Sold(curve), Sold(curve), (a, b) =>
        {
            var (less, more) = a < b ? (a, b) : (b, a);
            var cost = curve.Reserve(more) - curve.Reserve(less);
            return curve.CoinsFor(less, cost) >= more - less
                && IsMost(curve, less, cost, curve.CoinsFor(less, cost))
                && (cost == Amount.Zero || curve.CoinsFor(less, cost - One) < more - less);
        });
    }

    [Theory, MemberData(nameof(Names))]
    public void The_fewest_coins_are_sold_that_are_worth_what_is_wanted(string name)
    {
        var curve = Find(name);
        Holds(Sold(curve), Rly(curve), (sold, wanted) => IsFewest(curve, sold, wanted, curve.CoinsWorth(sold, wanted)));
    }

    [Theory, MemberData(nameof(Names))]
    public void Coins_worth_exactly_what_is_wanted_are_enough(string name)
    {
        var curve = Find(name);
        Holds(Sold(curve), Sold(curve), (a, b) =>
        {
            var (less, more) = a < b ? (a, b) : (b, a);
            var worth = curve.Reserve(more) - curve.Reserve(less);
            return curve.CoinsWorth(more, worth) is { } coins && coins <= more - less && IsFewest(curve, more, worth, coins);
        });
    }

    [Theory, MemberData(nameof(Names))]
    public void Edges_are_exact(string name)
    {
        var curve = Find(name);
        var most = curve.MostSold;
        var full = curve.Reserve(most);

        foreach (var budget in new[] { Amount.Zero, One, full, new Amount(long.MaxValue) })
            Assert.Equal(Amount.Zero, curve.CoinsFor(most, budget));
        Assert.Equal(most, curve.CoinsFor(Amount.Zero, full));
        Assert.Equal(most, curve.CoinsFor(Amount.Zero, new Amount(long.MaxValue)));
        Assert.True(curve.CoinsFor(Amount.Zero, full - One) < most);
        Assert.Equal(Amount.Zero, curve.CoinsFor(Amount.Zero, Amount.Zero));
        Assert.True(IsMost(curve, Amount.Zero, One, curve.CoinsFor(Amount.Zero, One)));

        Assert.Equal(Amount.Zero, curve.CoinsWorth(Amount.Zero, Amount.Zero));
        Assert.Null(curve.CoinsWorth(Amount.Zero, One));
        Assert.Equal(Amount.Zero, curve.CoinsWorth(most, Amount.Zero));
        Assert.Equal(most, curve.CoinsWorth(most, full));
        Assert.Null(curve.CoinsWorth(most, full + One));
        Assert.Null(curve.CoinsWorth(most, new Amount(long.MaxValue)));
    }

    [Theory, MemberData(nameof(Names))]
    public void What_is_not_on_the_curve_throws(string name)
    {
        var curve = Find(name);
        foreach (var sold in new[] { new Amount(-1), curve.MostSold + One, new Amount(long.MinValue), new Amount(long.MaxValue) })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => curve.Reserve(sold));
            Assert.Throws<ArgumentOutOfRangeException>(() => curve.Price(sold));
            Assert.Throws<ArgumentOutOfRangeException>(() => curve.CoinsFor(sold, One));
            Assert.Throws<ArgumentOutOfRangeException>(() => curve.CoinsWorth(sold, One));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => curve.CoinsFor(Amount.Zero, new Amount(-1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => curve.CoinsWorth(Amount.Zero, new Amount(-1)));
    }

    [Theory, MemberData(nameof(Names))]
    public void Splitting_a_purchase_or_a_sale_never_profits(string name)
    {
        var curve = Find(name);
        Holds(Sold(curve), Rly(curve), Rly(curve), (sold, a, b) =>
        {
            var (first, second) = (new Amount(a.MinorUnits / 2), new Amount(b.MinorUnits / 2));
            var bought = curve.CoinsFor(sold, first);
            bought += curve.CoinsFor(sold + bought, second);
            if (bought > curve.CoinsFor(sold, first + second))
                return false;

            if (curve.CoinsWorth(sold, first) is not { } given || curve.CoinsWorth(sold - given, second) is not { } more)
                return true;
            return given + more >= curve.CoinsWorth(sold, first + second);
        });
    }

    /// <summary>Trades as a market would make them: pay the budget's cost, or give coins for what is wanted; in the end give all back.</summary>
    [Theory, MemberData(nameof(Names))]
    public void Buying_and_selling_in_any_order_never_profits(string name)
    {
        var curve = Find(name);
        var trades = Gen.Zip(Gen.Elements(true, false), Rly(curve)).ListOf();
        Holds(Sold(curve), trades, (sold, list) =>
        {
            var (start, reserve, coins, spent) = (sold, curve.Reserve(sold), Amount.Zero, Amount.Zero);
            foreach (var (buy, rly) in list)
            {
                var change = buy ? curve.CoinsFor(sold, rly) : new Amount(-(curve.CoinsWorth(sold, rly) ?? Amount.Zero).MinorUnits);
                if (coins + change < Amount.Zero)
                    change = new Amount(-coins.MinorUnits);
                var paid = curve.Reserve(sold + change) - curve.Reserve(sold);
                if (buy && paid > rly)
                    return false;
                (sold, reserve, coins, spent) = (sold + change, reserve + paid, coins + change, spent + paid);
                if (reserve != curve.Reserve(sold) || spent < Amount.Zero)
                    return false;
            }

            return sold - coins == start && spent == curve.Reserve(sold) - curve.Reserve(start);
        });
    }

    private static bool IsMost(Curve curve, Amount sold, Amount budget, Amount coins) =>
        coins >= Amount.Zero && sold + coins <= curve.MostSold
        && curve.Reserve(sold + coins) - curve.Reserve(sold) <= budget
        && (sold + coins == curve.MostSold || curve.Reserve(sold + coins + One) - curve.Reserve(sold) > budget);

    private static bool IsFewest(Curve curve, Amount sold, Amount wanted, Amount? coins) =>
        coins is not { } fewest
            ? curve.Reserve(sold) < wanted
            : fewest >= Amount.Zero && fewest <= sold
                && curve.Reserve(sold) - curve.Reserve(sold - fewest) >= wanted
                && (fewest == Amount.Zero || curve.Reserve(sold) - curve.Reserve(sold - fewest + One) < wanted);

    private static Curve Find(string name) => Curve.Named(name) ?? throw new ArgumentException($"There is no curve '{name}'.");
}
