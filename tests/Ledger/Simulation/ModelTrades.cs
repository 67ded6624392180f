using System.Globalization;
using System.Numerics;
using Rally.Ledger.Amounts;
using Rally.Ledger.Curves;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Tests.Simulation;

/// <summary>Trades with the curve, vesting and flow control, each from its formula.</summary>
internal static partial class Model
{
    public const long Month = 30L * 24 * 3_600 * 1_000;

    private const long Whole = 10_000;

    /// <summary>RLY behind so many coins; of the linear curve by the area under <c>0.01 + b * 20.99 / 16,000,000</c>, rounded up.</summary>
    public static long Reserve(string curve, long sold)
    {
        if (curve == "sigmoid")
            return Curve.Named(curve)!.Reserve(new Amount(sold)).MinorUnits;
        // Twice 16,000,000 coins are 3.2 * 10^13 minor units; hundredths of RLY make it 3.2 * 10^15.
        var b = new BigInteger(sold);
        var area = (2_099 * b * b) + (2 * 16_000_000_000_000 * b);
        return (long)((area + 3_199_999_999_999_999) / 3_200_000_000_000_000);
    }

    public static long MostSold(string curve) => curve == "sigmoid" ? 160_000_000_000 : 16_000_000_000_000;

    public static long Sold(ModelState state, ModelCoin coin) => -state.Balance(AccountKey.Mint(coin.Symbol)) - coin.Terms.Genesis.MinorUnits;

    private static (ModelState, string) Trade(ModelState state, Operation.Trade trade, long now)
    {
        var request = Request(trade);
        if (state.Find(trade.Id) is { } first)
        {
            return (state, first.Details == request
                ? Answer.Posted(state.CommandOf(first), repeated: true)
                : Answer.Refused(new PostResult.IdConflict(trade.Id)));
        }

        var legs = new List<Leg>();
        var (refusal, purchased) = trade.Side switch
        {
            "buy" => Buy(state, trade, trade.Coin, trade.Amount, trade.InRly, legs, now),
            "sell" => (Sell(state, trade, legs, out _), false),
            _ => Convert(state, trade, legs, now),
        };
        if (refusal is not null)
            return (state, Answer.Refused(refusal));
        Leg[] posted = [.. legs.Where(leg => leg.Amount > 0).Select((leg, link) =>
            leg with { Id = Derived(trade.Id, link), Details = link == 0 ? request : null })];
        var (after, answer) = Post(state, now, posted);
        if (after != state && purchased)
        {
            var buyer = AccountKey.Of(trade.Trader, trade.Side == "buy" ? trade.Coin : trade.To);
            after = after with { Accounts = after.Accounts.SetItem(buyer, after.Account(buyer) with { BoughtAt = now }) };
        }

        return (after, answer);
    }

    private static PostResult.Refused? NoMarket(ModelState state, string symbol)
    {
        if (!state.Coins.TryGetValue(symbol, out var coin))
            return new PostResult.UnknownCoin(symbol);
        if (coin.Suspended)
            return new PostResult.CoinSuspended(symbol);
        return coin.Curve is "linear" or "sigmoid" ? null : new PostResult.NoMarket(symbol);
    }

    private static (PostResult.Refused? Refusal, bool Purchased) Buy(
        ModelState state, Operation.Trade trade, string symbol, long amount, bool inRly, List<Leg> legs, long now)
    {
        if (NoMarket(state, symbol) is { } closed)
            return (closed, false);
        var coin = state.Coins[symbol];
        var (sold, most) = (Sold(state, coin), MostSold(coin.Curve));
        var before = Reserve(coin.Curve, sold);
        // The most coins that the sum covers.
        var coins = inRly ? Last(most - sold, more => Reserve(coin.Curve, sold + more) - before <= amount) : amount;
        if (coins > most - sold || sold == most)
            return (new PostResult.SoldOut(new Amount(most - sold)), false);
        var cost = Reserve(coin.Curve, sold + coins) - before;
        if (coins == 0 || cost == 0)
            return (new PostResult.TooSmall(), false);
        if (trade.Bound is { } bound && (inRly ? coins < bound : cost > bound))
            return (new PostResult.BeyondBound(new Amount(inRly ? coins : cost)), false);
        var terms = coin.Terms;
        var controlled = now < coin.LaunchedAt + (long)terms.PurchaseControlFor.TotalMilliseconds;
        if (controlled && terms.LargestPurchase.MinorUnits > 0 && coins > terms.LargestPurchase.MinorUnits)
            return (new PostResult.PurchaseTooLarge(terms.LargestPurchase), false);
        var boughtAt = state.Account(AccountKey.Of(trade.Trader, symbol)).BoughtAt;
        var next = Math.Min(
            boughtAt + (long)terms.BetweenPurchases.TotalMilliseconds, coin.LaunchedAt + (long)terms.PurchaseControlFor.TotalMilliseconds);
        if (controlled && boughtAt > 0 && now < next)
            return (new PostResult.PurchaseTooSoon(DateTimeOffset.FromUnixTimeMilliseconds(next)), false);

        legs.Add(new(default, AccountKey.Of(trade.Trader, "RLY"), AccountKey.Reserve(symbol), cost, "buy"));
        legs.Add(new(default, AccountKey.Mint(symbol), AccountKey.Of(trade.Trader, symbol), coins, "buy"));
        return (null, controlled);
    }

    private static PostResult.Refused? Sell(ModelState state, Operation.Trade trade, List<Leg> legs, out long net)
    {
        net = 0;
        if (NoMarket(state, trade.Coin) is { } closed)
            return closed;
        var coin = state.Coins[trade.Coin];
        var sold = Sold(state, coin);
        var backing = Reserve(coin.Curve, sold);
        if (trade.InRly && trade.Amount > backing)
            return new PostResult.TooLarge(new Amount(backing));
        // The fewest coins that bring the sum: all but the most that may stay.
        var coins = trade.InRly ? sold - Last(sold, stay => backing - Reserve(coin.Curve, stay) >= trade.Amount) : trade.Amount;
        if (coins > sold)
            return new PostResult.TooLarge(new Amount(sold));
        var value = backing - Reserve(coin.Curve, sold - coins);
        if (value == 0)
            return new PostResult.TooSmall();
        var fee = coin.Terms.PaysCreatorFee ? (long)(new BigInteger(value) * value / backing) : 0;
        net = value - fee;
        // Nobody gives coins for nothing: a fee that eats the sale makes it none.
        if (net == 0)
            return new PostResult.TooSmall();
        if (trade.Side == "sell" && trade.Bound is { } bound && (trade.InRly ? coins > bound : net < bound))
            return new PostResult.BeyondBound(new Amount(trade.InRly ? coins : net));
        legs.Add(new(default, AccountKey.Of(trade.Trader, trade.Coin), AccountKey.Mint(trade.Coin), coins, "sell"));
        legs.Add(new(default, AccountKey.Reserve(trade.Coin), AccountKey.Of(trade.Trader, "RLY"), net, "sell"));
        legs.Add(new(default, AccountKey.Reserve(trade.Coin), AccountKey.Of(coin.Creator, "RLY"), fee, "fee"));
        return null;
    }

    private static (PostResult.Refused? Refusal, bool Purchased) Convert(ModelState state, Operation.Trade trade, List<Leg> legs, long now)
    {
        if (trade.Coin == trade.To)
            return (new PostResult.SameAccount(), false);
        if ((NoMarket(state, trade.Coin) ?? NoMarket(state, trade.To)) is { } closed)
            return (closed, false);
        if (Sell(state, trade, legs, out var net) is { } unsold)
            return (unsold, false);
        return Buy(state, trade, trade.To, net, inRly: true, legs, now);
    }

    private static (ModelState, string) Vest(ModelState state, Operation.Vest vest, long now)
    {
        if (!state.Coins.TryGetValue(vest.Symbol, out var coin))
            return (state, Answer.Refused(new PostResult.UnknownCoin(vest.Symbol)));
        var (terms, vesting) = (coin.Terms, AccountKey.Vesting(vest.Symbol));
        var (genesis, atOnce) = ((Int128)terms.Genesis.MinorUnits, (Int128)terms.UnlockedAtOnce.MinorUnits);
        var months = Math.Max(0, (now - coin.LaunchedAt) / Month);
        var unlocked = Int128.Min(genesis, atOnce + (genesis * terms.MonthlyUnlockBasisPoints * months / Whole));
        // v of b bought coins and v unlocked ones is at most the share s: v * (1 - s) <= b * s.
        var s = terms.LargestVestedBasisPoints;
        if (s < Whole)
            unlocked = Int128.Min(unlocked, Int128.Max(atOnce, (Int128)Sold(state, coin) * s / (Whole - s)));
        var due = unlocked - (genesis - state.Balance(vesting));
        return due > 0
            ? Post(state, now, new Leg(vest.Id, vesting, AccountKey.Of(coin.Creator, vest.Symbol), (long)due, "vest"))
            : (state, Answer.Refused(new PostResult.NothingDue()));
    }

    private static bool IsLimited(ModelCoin coin, Leg leg, Guid? receiver) =>
        coin.Terms.FlowBasisPoints > 0 && leg.Debit.Kind == "holder" && leg.Kind is ("transfer" or "sell" or "hold") && receiver != coin.Creator;

    private static long Limit(ModelState state, string coin) =>
        (long)((Int128)state.Circulating(coin) * state.Coins[coin].Terms.FlowBasisPoints / Whole);

    private static long Allowance(ModelState state, AccountKey key, long now) => Math.Max(0, Limit(state, key.Coin) - Used(state, key, now));

    /// <summary>What was used runs off evenly, a limit in 30 days.</summary>
    private static long Used(ModelState state, AccountKey key, long now)
    {
        var (account, passed) = (state.Account(key), now - state.Account(key).FlowAt);
        return passed >= Month ? 0 : (long)Int128.Max(0, account.FlowUsed - RunOff(state, key.Coin, passed));
    }

    private static Int128 RunOff(ModelState state, string coin, long passed) => (Int128)Limit(state, coin) * Math.Min(passed, Month) / Month;

    private static ModelState GiveBack(ModelState state, ModelHold hold, long amount, long now)
    {
        var (coin, key) = (state.Coins[hold.Coin], AccountKey.Of(hold.Sender, hold.Coin));
        if (coin.Terms.FlowBasisPoints == 0 || hold.Receiver == coin.Creator)
            return state;
        var used = Used(state, key, now);
        var due = Int128.Min(used, amount - RunOff(state, hold.Coin, now - hold.HeldAt));
        return due <= 0
            ? state
            : state with { Accounts = state.Accounts.SetItem(key, state.Account(key) with { FlowUsed = (long)(used - due), FlowAt = now }) };
    }

    /// <summary>The greatest number up to <paramref name="most"/> of which it is true, when it is true of none above the first it is not true of.</summary>
    private static long Last(long most, Func<long, bool> isTrue)
    {
        var (low, high) = (0L, most);
        while (low < high)
        {
            var middle = low + ((high - low + 1) / 2);
            if (isTrue(middle))
                low = middle;
            else
                high = middle - 1;
        }

        return low;
    }

    private static string Request(Operation.Trade trade)
    {
        var to = trade.Side == "convert" ? $",\"to\":\"{trade.To}\"" : "";
        var bound = trade.Bound is { } limit ? $",\"bound\":\"{Decimal(limit)}\"" : "";
        return $"{{\"side\":\"{trade.Side}\",\"holder\":\"{trade.Trader:D}\",\"coin\":\"{trade.Coin}\"{to}," +
            $"\"{(trade.InRly ? "rly" : "coins")}\":\"{Decimal(trade.Amount)}\"{bound}}}";
    }

    private static string Decimal(long minorUnits) => (minorUnits / 1_000_000m).ToString("0.######", CultureInfo.InvariantCulture);
}
