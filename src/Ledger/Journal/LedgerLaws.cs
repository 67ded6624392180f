using System.Runtime.InteropServices;
using Rally.Ledger.Amounts;
using Rally.Ledger.Trades;

namespace Rally.Ledger.Journal;

/// <summary>The ledger's laws, checked before every batch is closed.</summary>
internal static class LedgerLaws
{
    /// <param name="batch">About to be closed.</param>
    /// <param name="touched">The accounts with an entry in it.</param>
    /// <exception cref="InvalidOperationException">One is broken; nothing may be written.</exception>
    public static void Assert(Batch batch, IReadOnlyList<Account> touched)
    {
        var sums = new Dictionary<string, Int128>();
        for (var i = 0; i < touched.Count; i++)
        {
            var account = touched[i];
            var change = (Int128)account.Current.Balance.MinorUnits - account.Stored.Balance.MinorUnits;
            CollectionsMarshal.GetValueRefOrAddDefault(sums, account.Key.Coin, out _) += change;
            if (account.Balance < Amount.Zero && !AccountKind.MayGoBelowZero(account.Key.Kind))
                throw new InvalidOperationException($"Ledger law broken: {account.Key} would be at {account.Balance}.");
            if (account.Key.Holder is null && BackingFault(batch, account.Key) is { } unbacked)
                throw new InvalidOperationException($"Ledger law broken: {unbacked}");
        }

        foreach (var (coin, sum) in sums)
        {
            if (sum != 0)
                throw new InvalidOperationException($"Ledger law broken: a batch would change the sum of {coin} by {sum} minor units.");
        }

        for (var i = 0; i < batch.Entries.Count; i++)
        {
            if (batch.Entries[i].Position != batch.Before.LastPosition + 1 + i)
                throw new InvalidOperationException($"Ledger law broken: position {batch.Entries[i].Position} is out of order.");
        }
    }

    /// <summary>Of the coin whose mint or reserve this is.</summary>
    private static string? BackingFault(Batch batch, AccountKey key)
    {
        if ((key.Kind == AccountKind.Mint ? key.Coin : AccountKind.CoinOfReserve(key.Kind)) is not { } symbol)
            return null;
        return batch.FindCoin(symbol) is { } coin
            ? Market.BackingFault(coin, Amount.Zero - batch.BalanceOf(AccountKey.Mint(symbol)), batch.BalanceOf(AccountKey.Reserve(symbol)))
            : $"there is no coin {symbol} to back.";
    }
}
