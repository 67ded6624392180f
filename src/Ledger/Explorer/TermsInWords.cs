using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Curves;

namespace Rally.Ledger.Explorer;

/// <summary>A coin's terms as sentences.</summary>
internal static class TermsInWords
{
    public static IEnumerable<string> Of(Coin coin)
    {
        var terms = coin.Terms;
        yield return Supply(coin);
        if (terms.Genesis > Amount.Zero)
        {
            yield return $"The creator's grant is {Show.Number(terms.Genesis)} {coin.Symbol}, without backing: {Show.Number(terms.UnlockedAtOnce)} from the start" +
                (terms.MonthlyUnlockBasisPoints > 0 ? $", then {Show.Percent(terms.MonthlyUnlockBasisPoints)} of it every 30 days" : "") +
                (terms.LargestVestedBasisPoints is > 0 and < 10_000 ? $", as long as that is at most {Show.Percent(terms.LargestVestedBasisPoints)} of what circulates." : ".");
        }

        if (terms.PaysCreatorFee)
        {
            yield return "On every sale the creator earns a fee: a sale of 1 % of the backing pays 1 % of what it brings, one of 10 % pays 10 %. " +
                "Each sale counts by itself, so the same coins sold in parts pay less. One of all that is sold would be all fee; it is refused.";
        }

        if (terms.FlowBasisPoints > 0)
        {
            yield return $"A holder may sell and send at most {Show.Percent(terms.FlowBasisPoints)} of what circulates at once. " +
                $"What was used grows back evenly over 30 days, so up to {Show.Percent(Math.Min(2 * terms.FlowBasisPoints, 10_000))} can leave within 30 days. What is sent to the creator does not count.";
        }

        if (terms.LargestPurchase > Amount.Zero || terms.BetweenPurchases > TimeSpan.Zero)
            yield return Purchases(coin);
        yield return coin.Symbol == CoinSymbol.Rly ? "It was here before the first coin." : $"It was launched on {Show.Minute(coin.LaunchedAt)}.";
    }

    private static string Supply(Coin coin)
    {
        if (coin.Symbol == CoinSymbol.Rly)
            return "RLY is what the other coins are bought with. It enters over the bridge.";
        if (Curve.Named(coin.Curve) is not { } curve)
            return $"The supply is fixed: all {Show.Number(coin.Supply)} {coin.Symbol} went to the creator at the launch. The ledger neither sells nor buys it.";
        return $"It is sold and bought back on a {coin.Curve} curve, for RLY: from {Show.Number(curve.Price(Amount.Zero))} RLY for the first coin " +
            $"to {Show.Number(curve.Price(curve.MostSold))} RLY once all {Show.Number(curve.MostSold)} are sold.";
    }

    private static string Purchases(Coin coin)
    {
        var terms = coin.Terms;
        var size = terms.LargestPurchase > Amount.Zero ? $"one purchase is at most {Show.Number(terms.LargestPurchase)} {coin.Symbol}" : "";
        var pause = terms.BetweenPurchases > TimeSpan.Zero ? $"a buyer waits {Time(terms.BetweenPurchases)} between purchases" : "";
        return $"For {Time(terms.PurchaseControlFor)} after the launch, {string.Join(" and ", new[] { size, pause }.Where(rule => rule.Length > 0))}.";
    }

    private static string Time(TimeSpan time) => string.Join(' ', new[]
    {
        Count(time.Days, "day"), Count(time.Hours, "hour"), Count(time.Minutes, "minute"), Count(time.Seconds, "second"),
    }.Where(part => part.Length > 0));

    private static string Count(int number, string unit) => number switch
    {
        0 => "",
        1 => $"1 {unit}",
        _ => $"{number} {unit}s",
    };
}
