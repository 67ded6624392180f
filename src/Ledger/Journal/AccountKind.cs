namespace Rally.Ledger.Journal;

/// <summary>The kinds of accounts, as stored. All but <see cref="Holder"/> are the system's own, one of a kind for each coin.</summary>
internal static class AccountKind
{
    /// <summary>Somebody's holding of a coin.</summary>
    public const string Holder = "holder";

    /// <summary>Where a coin comes from and goes back to; what it has issued is its balance below zero.</summary>
    public const string Mint = "mint";

    /// <summary>The part of a creator's genesis grant that is not theirs yet.</summary>
    public const string Vesting = "vesting";

    /// <summary>What pending transfers hold.</summary>
    public const string Escrow = "escrow";

    /// <summary>Where RLY enters, and will leave; what came in is its balance below zero.</summary>
    public const string Bridge = "bridge";

    private const string ReservePrefix = "reserve:";

    /// <summary>The RLY that backs a coin.</summary>
    public static string ReserveOf(string coin) => ReservePrefix + coin;

    /// <returns>The symbol of the coin that a reserve backs; null for other kinds.</returns>
    public static string? CoinOfReserve(string kind) =>
        kind.StartsWith(ReservePrefix, StringComparison.Ordinal) ? kind[ReservePrefix.Length..] : null;

    public static bool MayGoBelowZero(string kind) => kind is Mint or Bridge;
}
