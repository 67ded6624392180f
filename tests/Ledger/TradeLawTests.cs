using FsCheck;
using FsCheck.Fluent;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Curves;
using Rally.Ledger.Journal;
using Rally.Ledger.Trades;
using Xunit;

namespace Rally.Ledger.Tests;

/// <summary>What no sequence of trades can do, by any number of traders in any number of coins.</summary>
public sealed class TradeLawTests
{
    private static readonly Config Config = Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(60);
    private static readonly Guid Creator = Person(9);
    private static readonly string[] Coins = ["LIN", "SIG", "FEE"];

    /// <summary>A step: who, what, with which coins, and how much of what is there.</summary>
    private sealed record Step(int Trader, int Action, int Coin, int To, int Share);

    private static Gen<List<Step>> Steps =>
        (from trader in Gen.Choose(0, 3)
         from action in Gen.Choose(0, 5)
         from coin in Gen.Choose(0, 2)
         from to in Gen.Choose(0, 2)
         from share in Gen.Frequency((4, Gen.Choose(1, 1_000_000)), (1, Gen.Elements(1, 2, 999_999, 1_000_000)))
         select new Step(trader, action, coin, to, share)).ListOf().Select(steps => steps.ToList());

    [Fact]
    public void Nobody_trading_alone_ends_with_more_than_they_had() => Holds(Steps, Steps, (before, steps) =>
    {
        var ledger = Open(traders: 4);
        before.ForEach(step => Trade(ledger, step));
        var (trader, hadCoins) = (Person(0), Coins.ToDictionary(coin => coin, coin => ledger.Balance(AccountKey.Of(Person(0), coin))));
        var had = ledger.Balance(AccountKey.Of(trader, "RLY"));
        steps.ForEach(step => Trade(ledger, step with { Trader = 0 }));
        // Back to the coins they had, as far as that goes; then they cannot have gained.
        foreach (var coin in Coins)
        {
            var more = ledger.Balance(AccountKey.Of(trader, coin)) - hadCoins[coin];
            if (more > 0)
                ledger.Apply(new SellCommand(ledger.NewId(), trader, coin, TradeSize.Coins(new Amount(more)), bound: null));
            else if (more < 0)
                ledger.Apply(new BuyCommand(ledger.NewId(), trader, coin, TradeSize.Coins(new Amount(-more)), bound: null));
        }

        // What is too little to be bought or sold is worth less than a unit a coin.
        var isShort = Coins.Any(coin => ledger.Balance(AccountKey.Of(trader, coin)) < hadCoins[coin]);
        return isShort || ledger.Balance(AccountKey.Of(trader, "RLY")) <= had;
    });

    [Fact]
    public void All_traders_together_get_out_what_they_put_in_and_no_more() => Holds(Steps, steps =>
    {
        var ledger = Open(traders: 4);
        steps.ForEach(step => Trade(ledger, step));
        foreach (var coin in Coins)
        {
            for (var trader = 0; trader < 4; trader++)
            {
                var all = ledger.Balance(AccountKey.Of(Person(trader), coin));
                if (all > 0)
                    ledger.Apply(new SellCommand(ledger.NewId(), Person(trader), coin, TradeSize.Coins(new Amount(all)), bound: null));
            }
        }

        var held = Enumerable.Range(0, 4).Select(Person).Append(Creator).Sum(person => ledger.Balance(AccountKey.Of(person, "RLY")));
        var left = Coins.Sum(coin => ledger.Balance(AccountKey.Reserve(coin)));
        // Coins too few to be worth a unit stay unsold, and a unit of RLY each behind them.
        return held + left == 4 * Amount.Coins(1_000_000).MinorUnits && left <= 4 * Coins.Length;
    });

    [Fact]
    public void After_every_trade_the_reserve_is_the_curves_area_and_the_books_balance() => Holds(Steps, steps =>
    {
        var ledger = Open(traders: 4);
        var prices = new List<(Amount Sold, Amount Price)>();
        foreach (var step in steps)
        {
            Trade(ledger, step);
            foreach (var coin in Coins)
            {
                var (curve, sold) = (Curve.Named(ledger.Coin(coin).Curve)!, ledger.Sold(coin));
                if (ledger.Balance(AccountKey.Reserve(coin)) != curve.Reserve(sold).MinorUnits)
                    return false;
                if (curve is LinearCurve)
                    prices.Add((sold, Market.Of(ledger.Coin(coin), sold + ledger.Coin(coin).Terms.Genesis)!.Price));
            }

            if (ledger.Balances.Any(account => account.Value < 0 && account.Key.Kind is not ("mint" or "bridge"))
                || ledger.Balances.GroupBy(account => account.Key.Coin).Any(coin => coin.Aggregate(Int128.Zero, (sum, account) => sum + account.Value) != 0))
                return false;
        }

        // Both linear coins have one curve: more sold never costs less.
        var sorted = prices.OrderBy(point => point.Sold).ToList();
        return sorted.Zip(sorted.Skip(1)).All(pair => pair.First.Price <= pair.Second.Price);
    });

    [Fact]
    public void A_sale_of_a_thousand_of_a_hundred_thousand_pays_the_creator_ten()
    {
        var ledger = Open(traders: 1);
        ledger.Apply(new BuyCommand(ledger.NewId(), Person(0), "FEE", TradeSize.Rly(Amount.Coins(100_000)), bound: null));
        var backing = ledger.Balance(AccountKey.Reserve("FEE"));
        Assert.InRange(backing, Amount.Coins(100_000).MinorUnits - 1, Amount.Coins(100_000).MinorUnits);

        var sale = Assert.IsType<PostResult.Posted>(
            ledger.Apply(new SellCommand(ledger.NewId(), Person(0), "FEE", TradeSize.Rly(Amount.Coins(1_000)), bound: null)));

        var fee = Assert.Single(sale.Entries, entry => entry.Order.Kind == TransferKind.Fee);
        Assert.Equal(AccountKey.Of(Creator, "RLY"), fee.Order.Credit);
        Assert.Equal(Amount.Coins(10), fee.Order.Amount);
    }

    private static MemoryLedger Open(int traders)
    {
        var ledger = new MemoryLedger();
        for (var trader = 0; trader < traders; trader++)
            ledger.Issue(Person(trader), Amount.Coins(1_000_000));
        ledger.Launch("LIN", CoinCurve.Linear, Creator, CoinTerms.None);
        ledger.Launch("SIG", CoinCurve.Sigmoid, Creator, CoinTerms.None);
        ledger.Launch("FEE", CoinCurve.Linear, Creator, CoinTerms.None with { PaysCreatorFee = true, Genesis = Amount.Coins(5) });
        return ledger;
    }

    private static void Trade(MemoryLedger ledger, Step step)
    {
        var (trader, coin) = (Person(step.Trader), Coins[step.Coin]);
        Amount Part(AccountKey of) => new(Math.Max(1, (long)((Int128)ledger.Balance(of) * step.Share / 1_000_000)));
        var (rly, coins) = (Part(AccountKey.Of(trader, "RLY")), Part(AccountKey.Of(trader, coin)));
        var id = ledger.NewId();
        ledger.Apply(step.Action switch
        {
            0 or 1 => new BuyCommand(id, trader, coin, TradeSize.Rly(rly), bound: null),
            2 => new BuyCommand(id, trader, coin, TradeSize.Coins(new Amount(step.Share)), bound: null),
            3 => new SellCommand(id, trader, coin, TradeSize.Coins(coins), bound: null),
            4 => new SellCommand(id, trader, coin, TradeSize.Rly(Part(AccountKey.Reserve(coin))), bound: null),
            _ => new ConvertCommand(id, trader, coin, Coins[step.To], coins, bound: null),
        });
    }

    private static Guid Person(int number) => new(number + 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);

    private static void Holds(Gen<List<Step>> steps, Func<List<Step>, bool> law) => Prop.ForAll(steps.ToArbitrary(), law).Check(Config);

    private static void Holds(Gen<List<Step>> first, Gen<List<Step>> second, Func<List<Step>, List<Step>, bool> law) =>
        Prop.ForAll(first.ToArbitrary(), second.ToArbitrary(), law).Check(Config);
}
