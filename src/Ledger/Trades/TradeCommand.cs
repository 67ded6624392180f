using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Trades;

/// <summary>
/// A trade with the curve, decided at the moment it is applied. The request stands in the first entry's details, so that a
/// repeat is told from another trade whatever the price is by then.
/// </summary>
/// <param name="id">Of its first entry; the others' follow from it.</param>
/// <param name="holder">Who trades.</param>
internal abstract class TradeCommand(Guid id, Guid holder) : LedgerCommand
{
    /// <summary>Entries of one trade: a conversion's three of its sale and two of its purchase.</summary>
    public const int MostLegs = 5;

    public override int MostEntries => MostLegs;

    /// <summary>The request as it stands in the log.</summary>
    protected abstract string Request { get; }

    protected Guid Trader => holder;

    protected AccountKey Rly => AccountKey.Of(holder, CoinSymbol.Rly);

    public override void Name(Needs needs)
    {
        for (var link = 0; link < MostLegs; link++)
            needs.Entry(DerivedId.Of(id, link));
        needs.Account(Rly);
        NameCoins(needs);
    }

    public override PostResult Apply(Batch batch)
    {
        if (batch.FindEntry(id) is not { } first)
            return Trade(batch);
        return first.Order.Details == Request ? new PostResult.Posted(batch.CommandOf(first), Repeated: true) : new PostResult.IdConflict(id);
    }

    protected abstract void NameCoins(Needs needs);

    protected abstract PostResult Trade(Batch batch);

    /// <summary>Names what trading this coin touches.</summary>
    protected void NameCoin(Needs needs, string symbol)
    {
        needs.Account(AccountKey.Of(holder, symbol));
        if (needs.FindCoin(symbol) is { } coin)
            needs.Account(AccountKey.Of(coin.Creator, CoinSymbol.Rly));
    }

    /// <summary>The coin's market as this command finds it.</summary>
    protected static (Market? Market, PostResult.Refused? Refusal) MarketOf(Batch batch, string symbol)
    {
        if (batch.FindCoin(symbol) is not { } coin)
            return (null, new PostResult.UnknownCoin(symbol));
        if (coin.IsSuspended)
            return (null, new PostResult.CoinSuspended(symbol));
        return Market.Of(coin, Amount.Zero - batch.BalanceOf(AccountKey.Mint(symbol))) is { } market
            ? (market, null)
            : (null, new PostResult.NoMarket(symbol));
    }

    /// <summary>Posts the legs with ids that follow from the command's, and the request with the first of them.</summary>
    protected PostResult Post(Batch batch, IEnumerable<Leg> legs)
    {
        TransferOrder[] orders = [.. legs.Where(leg => leg.Amount > Amount.Zero).Select((leg, link) => new TransferOrder(
            DerivedId.Of(id, link), leg.Debit, leg.Credit, leg.Amount, leg.Kind, details: link == 0 ? Request : null))];
        return batch.Post(orders);
    }

    protected IEnumerable<Leg> BuyLegs(string coin, TradeQuote quote) =>
    [
        new(Rly, AccountKey.Reserve(coin), quote.Rly, TransferKind.Buy),
        new(AccountKey.Mint(coin), AccountKey.Of(holder, coin), quote.Coins, TransferKind.Buy),
    ];

    protected IEnumerable<Leg> SellLegs(Coin coin, TradeQuote quote) =>
    [
        new(AccountKey.Of(holder, coin.Symbol), AccountKey.Mint(coin.Symbol), quote.Coins, TransferKind.Sell),
        new(AccountKey.Reserve(coin.Symbol), Rly, quote.NetRly, TransferKind.Sell),
        new(AccountKey.Reserve(coin.Symbol), AccountKey.Of(coin.Creator, CoinSymbol.Rly), quote.Fee, TransferKind.Fee),
    ];

    protected readonly record struct Leg(AccountKey Debit, AccountKey Credit, Amount Amount, string Kind);
}
