namespace Rally.Ledger.Coins;

/// <summary>A coin's symbol: 2 to 10 of A-Z and 0-9, written in either case, kept in upper case.</summary>
internal static class CoinSymbol
{
    /// <summary>The coin that all others are bought with.</summary>
    public const string Rly = "RLY";

    public static bool TryNormalize(string? text, out string symbol)
    {
        var valid = text is { Length: >= 2 and <= 10 } && text.All(char.IsAsciiLetterOrDigit);
        symbol = valid ? text!.ToUpperInvariant() : "";
        return valid;
    }
}
