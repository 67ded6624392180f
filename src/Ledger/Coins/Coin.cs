using Rally.Ledger.Amounts;

namespace Rally.Ledger.Coins;

/// <summary>A creator's coin.</summary>
/// <param name="Symbol">2 to 10 of A-Z and 0-9; names the coin everywhere.</param>
/// <param name="Name">What people call it, 1 to 60 characters.</param>
/// <param name="Creator">The Rally id of the one who launched it and received the supply.</param>
/// <param name="Supply">All there is of it.</param>
/// <param name="LaunchedAt">When it was launched.</param>
public sealed record Coin(string Symbol, string Name, Guid Creator, Amount Supply, DateTimeOffset LaunchedAt);
