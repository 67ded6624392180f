using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Curves;

namespace Rally.Ledger.Journal;

/// <summary>
/// Which accounts an entry of each kind can go between, as the commands post them. A log may hold nothing else: coins that
/// come from elsewhere, or go where no command puts them, were written by something that is not the ledger.
/// </summary>
internal static class EntryRules
{
    private const string Reserve = "reserve";

    /// <summary>An account by what it is for: its kind, and for every reserve the same one.</summary>
    private readonly record struct Way(string Kind, string Debit, string Credit);

    private static readonly HashSet<Way> InRly =
    [
        new(TransferKind.Issue, AccountKind.Bridge, AccountKind.Holder),
        new(TransferKind.Buy, AccountKind.Holder, Reserve),
        new(TransferKind.Sell, Reserve, AccountKind.Holder),
        new(TransferKind.Fee, Reserve, AccountKind.Holder),
    ];

    private static readonly HashSet<Way> OnCurve =
    [
        new(TransferKind.Genesis, AccountKind.Mint, AccountKind.Vesting),
        new(TransferKind.Vest, AccountKind.Vesting, AccountKind.Holder),
        new(TransferKind.Buy, AccountKind.Mint, AccountKind.Holder),
        new(TransferKind.Sell, AccountKind.Holder, AccountKind.Mint),
    ];

    private static readonly HashSet<Way> OfFixed = [new(TransferKind.Issue, AccountKind.Mint, AccountKind.Holder)];

    private static readonly HashSet<Way> OfAny =
    [
        new(TransferKind.Transfer, AccountKind.Holder, AccountKind.Holder),
        new(TransferKind.Hold, AccountKind.Holder, AccountKind.Escrow),
        new(TransferKind.Post, AccountKind.Escrow, AccountKind.Holder),
        new(TransferKind.Void, AccountKind.Escrow, AccountKind.Holder),
        new(TransferKind.Expire, AccountKind.Escrow, AccountKind.Holder),
    ];

    /// <param name="entry">With balances that are right.</param>
    /// <param name="coin">Its coin.</param>
    /// <param name="mostRly">All RLY that there may be.</param>
    /// <param name="find">Any coin of the log so far by its symbol; null when there is none.</param>
    /// <returns>Why no command posts it, in words; null when one does.</returns>
    public static string? Fault(JournalEntry entry, Coin coin, Amount mostRly, Func<string, Coin?> find)
    {
        var order = entry.Order;
        if (!IsWhole(order.Debit) || !IsWhole(order.Credit))
            return $"{(IsWhole(order.Debit) ? order.Credit : order.Debit)} is somebody's and names nobody, or the other way round.";
        var way = new Way(order.Kind, SideOf(order.Debit), SideOf(order.Credit));
        if (!OfAny.Contains(way) && !WaysOf(coin).Contains(way))
            return $"nothing posts '{order.Kind}' from {order.Debit} to {order.Credit}.";
        if (order.Kind == TransferKind.Issue && coin.Curve == CoinCurve.Base && Amount.Zero - entry.DebitBalance > mostRly)
            return $"it makes {Amount.Zero - entry.DebitBalance} RLY of {mostRly} in all.";
        return TermsFault(entry, coin, AccountKind.CoinOfReserve(order.Debit.Kind) ?? AccountKind.CoinOfReserve(order.Credit.Kind), find);
    }

    private static string? TermsFault(JournalEntry entry, Coin coin, string? backed, Func<string, Coin?> find)
    {
        var (order, issued) = (entry.Order, Amount.Zero - entry.DebitBalance);
        if (backed is not null && (find(backed) is not { } other || Curve.Named(other.Curve) is null))
            return $"{AccountKey.Reserve(backed)} backs no coin on a curve.";
        return order.Kind switch
        {
            TransferKind.Issue when coin.Curve == CoinCurve.Fixed && issued > coin.Supply =>
                $"it makes {issued} {coin.Symbol} of a supply of {coin.Supply}.",
            TransferKind.Issue when coin.Curve == CoinCurve.Fixed && order.Credit.Holder != coin.Creator => NotTheCreators(coin),
            TransferKind.Genesis when order.Amount != coin.Terms.Genesis || issued != order.Amount =>
                $"the grant of {coin.Symbol} is {coin.Terms.Genesis}, at its launch.",
            TransferKind.Vest when order.Credit.Holder != coin.Creator => NotTheCreators(coin),
            TransferKind.Fee when order.Credit.Holder != find(backed!)!.Creator => NotTheCreators(find(backed!)!),
            _ => null,
        };
    }

    private static string NotTheCreators(Coin coin) => $"it is {coin.Symbol}'s creator's, {coin.Creator:D}, and went to somebody else.";

    private static HashSet<Way> WaysOf(Coin coin) => coin.Curve switch
    {
        CoinCurve.Base => InRly,
        CoinCurve.Fixed => OfFixed,
        _ => OnCurve,
    };

    private static bool IsWhole(AccountKey account) => account.Kind == AccountKind.Holder == account.Holder is not null;

    private static string SideOf(AccountKey account) => AccountKind.CoinOfReserve(account.Kind) is null ? account.Kind : Reserve;
}
