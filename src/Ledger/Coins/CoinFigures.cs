using Rally.Ledger.Amounts;
using Rally.Ledger.Trades;

namespace Rally.Ledger.Coins;

/// <summary>A coin and how much of it there is, all as of one moment.</summary>
/// <param name="Coin">The coin.</param>
/// <param name="Issued">All there is: what its mint has issued; of RLY, what came in over the bridge.</param>
/// <param name="Locked">Of that, the part of the genesis grant that is not the creator's yet.</param>
internal sealed record CoinFigures(Coin Coin, Amount Issued, Amount Locked)
{
    public Amount Circulating => Issued - Locked;

    /// <summary>Null for a coin that the ledger does not trade.</summary>
    public Market? Market => Market.Of(Coin, Issued);

    /// <summary>RLY for one coin; null when the ledger does not trade it.</summary>
    public Amount? Price => Coin.Curve == CoinCurve.Base ? Amount.Coins(1) : Market?.Price;

    /// <summary>What one holder may sell and send of it at once, see <see cref="FlowControl"/>; null for no limit.</summary>
    public Amount? FlowLimit => Coin.Terms.FlowBasisPoints > 0 ? FlowControl.Limit(Coin.Terms, Circulating) : null;
}
