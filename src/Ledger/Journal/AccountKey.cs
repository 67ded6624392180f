namespace Rally.Ledger.Journal;

/// <summary>Names an account: a holder's of a coin, or one of the coin's system accounts, which have no holder.</summary>
internal readonly record struct AccountKey(Guid? Holder, string Coin, string Kind)
{
    public static AccountKey Of(Guid holder, string coin) => new(holder, coin, AccountKind.Holder);

    public static AccountKey Mint(string coin) => new(null, coin, AccountKind.Mint);
}
