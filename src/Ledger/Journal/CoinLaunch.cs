namespace Rally.Ledger.Journal;

/// <summary>A coin to make in the same transaction as the order that issues its supply.</summary>
internal sealed record CoinLaunch(string Symbol, string Name, Guid Creator);
