namespace Rally.Ledger.Journal;

/// <summary>The kinds of accounts, as stored.</summary>
internal static class AccountKind
{
    /// <summary>Somebody's holding of a coin.</summary>
    public const string Holder = "holder";

    /// <summary>Where a coin comes from; what it has issued is its balance below zero.</summary>
    public const string Mint = "mint";

    public static bool MayGoBelowZero(string kind) => kind == Mint;
}
