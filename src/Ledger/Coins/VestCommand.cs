using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Coins;

/// <summary>Gives a creator what of the genesis grant has become theirs.</summary>
internal sealed class VestCommand(Guid id, string symbol) : LedgerCommand
{
    private static readonly TimeSpan Month = TimeSpan.FromDays(30);

    public override int MostEntries => 1;

    public override void Name(Needs needs)
    {
        if (needs.FindCoin(symbol) is { } coin)
            needs.Account(AccountKey.Of(coin.Creator, symbol));
    }

    public override PostResult Apply(Batch batch)
    {
        if (batch.FindCoin(symbol) is not { } coin)
            return new PostResult.UnknownCoin(symbol);
        var due = Due(coin, Amount.Zero - batch.BalanceOf(AccountKey.Mint(symbol)), batch.BalanceOf(AccountKey.Vesting(symbol)), batch.Now);
        return due > Amount.Zero
            ? batch.Post(new TransferOrder(id, AccountKey.Vesting(symbol), AccountKey.Of(coin.Creator, symbol), due, TransferKind.Vest))
            : new PostResult.NothingDue();
    }

    /// <summary>
    /// What unlocks now: what the calendar allows, and no more than keeps the unlocked grant within its share s of what
    /// circulates. With b coins bought that is v &lt;= s (b + v), so v &lt;= b s / (1 - s).
    /// </summary>
    public static Amount Due(Coin coin, Amount issued, Amount locked, DateTimeOffset now)
    {
        var terms = coin.Terms;
        var months = (now - coin.LaunchedAt).Ticks / Month.Ticks;
        var monthly = (Int128)terms.Genesis.MinorUnits * terms.MonthlyUnlockBasisPoints * months / 10_000;
        var byCalendar = Int128.Min(terms.UnlockedAtOnce.MinorUnits + monthly, terms.Genesis.MinorUnits);
        var bought = (Int128)(issued - terms.Genesis).MinorUnits;
        var byShare = terms.LargestVestedBasisPoints >= 10_000
            ? byCalendar
            : Int128.Max(terms.UnlockedAtOnce.MinorUnits, bought * terms.LargestVestedBasisPoints / (10_000 - terms.LargestVestedBasisPoints));
        var unlocked = (terms.Genesis - locked).MinorUnits;
        return new Amount((long)Int128.Max(0, Int128.Min(byCalendar, byShare) - unlocked));
    }
}
