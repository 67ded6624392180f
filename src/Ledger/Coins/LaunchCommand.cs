using System.Diagnostics;
using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Coins;

/// <summary>Makes a coin, together with what is issued at its launch: a fixed supply, or the creator's grant.</summary>
internal sealed class LaunchCommand(Guid id, Coin wanted) : LedgerCommand
{
    public override int MostEntries => 2;

    // Who trades the coin in the same batch pays the creator's fee.
    public override void Name(Needs needs)
    {
        needs.Account(Creator);
        needs.Account(AccountKey.Of(wanted.Creator, CoinSymbol.Rly));
    }

    private AccountKey Creator => AccountKey.Of(wanted.Creator, wanted.Symbol);

    public override PostResult Apply(Batch batch)
    {
        if (batch.FindCoin(wanted.Symbol) is { } taken)
            return new PostResult.CoinExists(taken);
        var coin = wanted with { LaunchedAt = batch.Now, LaunchedAfter = batch.LastPosition };
        batch.Save(coin);
        TransferOrder[] orders = [.. Orders(coin)];
        if (orders.Length > 0 && batch.Post(orders) is PostResult.Refused refused)
            throw new UnreachableException($"A new coin's first coins were refused: {refused}");
        return new PostResult.CoinSaved(coin);
    }

    private IEnumerable<TransferOrder> Orders(Coin coin)
    {
        var (mint, terms) = (AccountKey.Mint(coin.Symbol), coin.Terms);
        if (coin.Supply > Amount.Zero)
            yield return new(id, mint, Creator, coin.Supply, TransferKind.Issue);
        if (terms.Genesis > Amount.Zero)
            yield return new(id, mint, AccountKey.Vesting(coin.Symbol), terms.Genesis, TransferKind.Genesis);
        if (terms.UnlockedAtOnce > Amount.Zero)
            yield return new(DerivedId.Of(id, 1), AccountKey.Vesting(coin.Symbol), Creator, terms.UnlockedAtOnce, TransferKind.Vest);
    }
}
