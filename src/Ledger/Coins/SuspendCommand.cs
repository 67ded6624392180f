using Rally.Ledger.Journal;

namespace Rally.Ledger.Coins;

/// <summary>Stops a coin, or lets it go on.</summary>
internal sealed class SuspendCommand(string symbol, bool suspended) : LedgerCommand
{
    public override int MostEntries => 0;

    public override void Name(Needs needs)
    {
    }

    public override PostResult Apply(Batch batch)
    {
        if (batch.FindCoin(symbol) is not { } coin || coin.Curve == CoinCurve.Base)
            return new PostResult.UnknownCoin(symbol);
        if (coin.IsSuspended == suspended)
            return new PostResult.NothingDue();
        coin = coin with { IsSuspended = suspended };
        batch.Save(coin);
        batch.Tell(CoinStatusChanged.Of(symbol, suspended));
        return new PostResult.CoinSaved(coin);
    }
}
