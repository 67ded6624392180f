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
                SellAll(ledger, Person(trader), coin);
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

    /// <summary>docs/adr/0009: splitting pays less of the fee. What it saves is the creator's loss alone.</summary>
    [Fact]
    public void A_sale_in_parts_pays_no_more_fee_and_takes_nothing_from_the_reserve() => Holds(Steps, steps =>
    {
        var (whole, parts) = (OpenWithOneHolder(), OpenWithOneHolder());
        var sizes = steps.ConvertAll(step => new Amount(step.Share * 1_000L));
        var sum = sizes.Aggregate(Amount.Zero, (all, size) => all + size);
        // Too little to be worth a unit, or too much to sell: then there is nothing to compare.
        if (Sell(whole, sum) is not { } fee)
            return true;
        var fees = 0L;
        foreach (var size in sizes)
        {
            if (Sell(parts, size) is not { } part)
                return true;
            fees += part;
        }

        return fees <= fee && parts.Balance(AccountKey.Reserve("FEE")) == whole.Balance(AccountKey.Reserve("FEE"))
            && Rly(parts, Creator) + Rly(parts, Person(0)) == Rly(whole, Creator) + Rly(whole, Person(0));

        static long Rly(MemoryLedger ledger, Guid person) => ledger.Balance(AccountKey.Of(person, "RLY"));
    });

    [Fact]
    public void Eighty_parts_of_a_sale_pay_an_eightieth_of_its_fee()
    {
        var ledger = OpenWithOneHolder();
        var fees = Enumerable.Range(0, 80).Sum(_ => Sell(ledger, TradeSize.Rly(new Amount(12_500_000)))!.Value);

        // 1,000 of 100,000 RLY at once pay 10.
        Assert.InRange(fees, 125_000, 126_500);
    }

    [Fact]
    public void Who_sells_all_there_is_is_refused_instead_of_paid_nothing()
    {
        var ledger = OpenWithOneHolder();
        var all = ledger.Sold("FEE");

        Assert.IsType<PostResult.TooSmall>(ledger.Apply(new SellCommand(ledger.NewId(), Person(0), "FEE", TradeSize.Coins(all), bound: null)));
        Assert.IsType<PostResult.TooSmall>(ledger.Apply(new ConvertCommand(ledger.NewId(), Person(0), "FEE", "LIN", all, bound: null)));
        Assert.NotNull(Sell(ledger, new Amount(all.MinorUnits - 1_000_000)));
    }

    private static MemoryLedger OpenWithOneHolder()
    {
        var ledger = Open(traders: 1);
        ledger.Apply(new BuyCommand(ledger.NewId(), Person(0), "FEE", TradeSize.Rly(Amount.Coins(100_000)), bound: null));
        return ledger;
    }

    private static long? Sell(MemoryLedger ledger, Amount coins) => Sell(ledger, TradeSize.Coins(coins));

    /// <returns>The fee; null when the sale was refused.</returns>
    private static long? Sell(MemoryLedger ledger, TradeSize size) =>
        ledger.Apply(new SellCommand(ledger.NewId(), Person(0), "FEE", size, bound: null)) is PostResult.Posted sale
            ? sale.Entries.Where(entry => entry.Order.Kind == TransferKind.Fee).Sum(entry => entry.Order.Amount.MinorUnits)
            : null;

    /// <summary>Sells all, in halves where the fee on all of it would be all of it.</summary>
    private static void SellAll(MemoryLedger ledger, Guid trader, string coin)
    {
        var (holding, size) = (AccountKey.Of(trader, coin), ledger.Balance(AccountKey.Of(trader, coin)));
        while (size > 0)
        {
            var sold = ledger.Apply(new SellCommand(ledger.NewId(), trader, coin, TradeSize.Coins(new Amount(size)), bound: null));
            size = sold is PostResult.Posted ? ledger.Balance(holding) : size / 2;
        }
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
