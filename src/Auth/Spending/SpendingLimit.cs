namespace Rally.Auth.Spending;

/// <summary>How much of a coin an app may spend.</summary>
/// <param name="Coin">Its symbol in upper case, or <see cref="EachOther"/>.</param>
/// <param name="PerDay">In any 24 hours, in minor units.</param>
/// <param name="InAll">Until it is set anew, in minor units.</param>
internal sealed record SpendingLimit(string Coin, long PerDay, long InAll)
{
    /// <summary>Stands for each coin that has no limit of its own; each is counted by itself.</summary>
    public const string EachOther = "*";

    /// <summary>Limits that one app has at most.</summary>
    public const int Most = 12;

    /// <returns>The coin as it is kept; null when it cannot be one.</returns>
    public static string? FoldCoin(string? coin) =>
        coin == EachOther ? coin
        : coin is { Length: >= 2 and <= 10 } && coin.All(char.IsAsciiLetterOrDigit) ? coin.ToUpperInvariant()
        : null;

    /// <summary>Whether this one allows all that <paramref name="other"/> does.</summary>
    public bool Covers(SpendingLimit other) => PerDay >= other.PerDay && InAll >= other.InAll;
}
