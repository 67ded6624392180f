using Rally.Ledger.Amounts;

namespace Rally.Ledger.Trades;

/// <summary>How much is bought or sold: so many coins, or coins for so much RLY.</summary>
/// <param name="Amount">Above zero.</param>
/// <param name="IsInRly">It counts RLY, not coins.</param>
internal readonly record struct TradeSize(Amount Amount, bool IsInRly)
{
    public static TradeSize Coins(Amount amount) => new(amount, IsInRly: false);

    public static TradeSize Rly(Amount amount) => new(amount, IsInRly: true);
}
