using Rally.Ledger.Amounts;

namespace Rally.Ledger.Trades;

/// <summary>What a trade would come to, to the last unit, as long as nobody trades before it.</summary>
/// <param name="Coins">Bought or sold.</param>
/// <param name="Rly">Paid for them, or their value before the fee.</param>
/// <param name="Fee">Of that, the creator's; zero for a purchase.</param>
/// <param name="PriceBefore">RLY for one coin.</param>
/// <param name="PriceAfter">RLY for one coin.</param>
internal sealed record TradeQuote(Amount Coins, Amount Rly, Amount Fee, Amount PriceBefore, Amount PriceAfter)
{
    /// <summary>What a seller receives.</summary>
    public Amount NetRly => Rly - Fee;
}
