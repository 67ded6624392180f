using Rally.Ledger.Amounts;

namespace Rally.Ledger.Coins;

/// <summary>A creator's coin, or RLY itself.</summary>
/// <param name="Symbol">2 to 10 of A-Z and 0-9; names the coin everywhere.</param>
/// <param name="Name">What people call it, 1 to 60 characters.</param>
/// <param name="Creator">The Rally id of the one who launched it; the empty id for RLY, which nobody did.</param>
/// <param name="Supply">All there is of a coin with a fixed supply; zero for the others, whose supply moves.</param>
/// <param name="LaunchedAt">When it was launched.</param>
public sealed record Coin(string Symbol, string Name, Guid Creator, Amount Supply, DateTimeOffset LaunchedAt)
{
    /// <summary>An https address of a picture; null for none.</summary>
    public string? Image { get; init; }

    /// <summary>How it is priced: <c>base</c> (RLY), <c>fixed</c> (all issued at launch, no market), <c>linear</c> or <c>sigmoid</c>.</summary>
    public string Curve { get; init; } = CoinCurve.Fixed;

    /// <summary>What was agreed at launch.</summary>
    public CoinTerms Terms { get; init; } = CoinTerms.None;

    /// <summary>Whether its holders earn rewards.</summary>
    public bool EarnsRewards { get; init; } = true;

    /// <summary>The operator has stopped it: nothing of it moves but what goes back to a sender.</summary>
    public bool IsSuspended { get; init; }

    /// <summary>The log's last position before the launch.</summary>
    public long LaunchedAfter { get; init; }
}
