using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;
using Rally.Ledger.Trades;

namespace Rally.Ledger.Coins;

/// <summary>What flow control and purchase control leave somebody of a coin, as the writer would see it now.</summary>
/// <param name="SellAndSend">Null when the coin has no flow control.</param>
/// <param name="Purchase">What one purchase is held to.</param>
internal sealed record HolderLimits(HolderLimits.Flow? SellAndSend, HolderLimits.Purchases Purchase)
{
    /// <param name="Limit">What can be sold and sent when nothing was.</param>
    /// <param name="Remaining">What is left of it.</param>
    /// <param name="FullAt">When all of it will be there again, if nothing more is used; null when it is.</param>
    internal sealed record Flow(Amount Limit, Amount Remaining, DateTimeOffset? FullAt);

    /// <param name="Largest">The most coins in one purchase; null for any number.</param>
    /// <param name="Next">When the next purchase can be made; null for now.</param>
    internal sealed record Purchases(Amount? Largest, DateTimeOffset? Next);

    public static HolderLimits Of(CoinFigures figures, AccountFigures holder, DateTimeOffset now) => new(
        figures.FlowLimit is { } limit
            ? new(limit, FlowControl.Remaining(holder, limit, now), FlowControl.FullAt(holder, limit, now))
            : null,
        new(PurchaseControl.Largest(figures.Coin, now), PurchaseControl.Next(figures.Coin, holder, now)));
}
