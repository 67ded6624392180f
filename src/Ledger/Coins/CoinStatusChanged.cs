namespace Rally.Ledger.Coins;

/// <summary>A coin was suspended, or goes on: what the outbox has of it.</summary>
/// <param name="Coin">The coin's symbol.</param>
/// <param name="Status"><c>suspended</c> or <c>resumed</c>.</param>
internal sealed record CoinStatusChanged(string Coin, string Status)
{
    /// <summary>Its type in the outbox.</summary>
    public const string Type = "coin.status";

    public static CoinStatusChanged Of(string coin, bool suspended) => new(coin, suspended ? "suspended" : "resumed");
}
