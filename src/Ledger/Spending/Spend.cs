using Rally.Ledger.Amounts;

namespace Rally.Ledger.Spending;

/// <summary>Coins that leave an account.</summary>
/// <param name="Id">Of the transfer or trade.</param>
/// <param name="From">Whose coins.</param>
/// <param name="Coin">The symbol of the coin that leaves.</param>
/// <param name="Amount">How much; the most, where the price decides.</param>
/// <param name="To">Who receives them; null for a trade.</param>
public sealed record Spend(Guid Id, Guid From, string Coin, Amount Amount, Guid? To);
