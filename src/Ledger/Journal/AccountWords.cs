namespace Rally.Ledger.Journal;

/// <summary>What system accounts are called where people read.</summary>
internal static class AccountWords
{
    public static string Of(AccountKey account) => account.Kind switch
    {
        AccountKind.Mint => $"{account.Coin}'s mint",
        AccountKind.Vesting => $"{account.Coin}'s locked grant",
        AccountKind.Escrow => $"{account.Coin} in pending transfers",
        AccountKind.Bridge => "the bridge",
        AccountKind.Holder => $"{account.Holder:D}",
        _ when AccountKind.CoinOfReserve(account.Kind) is { } coin => $"{coin}'s reserve",
        var kind => kind,
    };
}
