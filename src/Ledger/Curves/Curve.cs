using Rally.Ledger.Amounts;

namespace Rally.Ledger.Curves;

/// <summary>A bonding curve: how much RLY stands behind a coin when so many of it are sold.</summary>
/// <remarks>
/// The reserve is a function of the number sold alone, and never falls as it rises. A purchase pays the difference it makes and a sale
/// receives it, so no way of splitting or repeating trades takes anything out; rounding up is the only rounding, and the reserve has it.
/// Where a coin costs about a hundredth of RLY, what is already rounded up can cover some hundred millionths of it more, once: a purchase
/// that would cost nothing is for the trade to refuse.
/// </remarks>
internal abstract class Curve
{
    /// <summary>The curve a coin's <c>curve</c> names: <c>linear</c> (Rally's V2, the default) or <c>sigmoid</c> (V1).</summary>
    /// <returns>Null for a coin that is not sold on a curve, such as <c>fixed</c> or <c>base</c>, and for unknown names.</returns>
    public static Curve? Named(string name) => name switch
    {
        LinearCurve.Name => LinearCurve.Instance,
        SigmoidCurve.Name => SigmoidCurve.Instance,
        _ => null,
    };

    /// <summary>Coins there are to sell; genesis is not among them.</summary>
    public abstract Amount MostSold { get; }

    /// <summary>RLY behind the coin when <paramref name="sold"/> coins are sold: the exact area under the price, rounded up to 10^-6.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than nothing, or more than <see cref="MostSold"/>.</exception>
    public Amount Reserve(Amount sold) => new(ReserveAt(Checked(sold)));

    /// <summary>RLY for one coin at that point, rounded down to 10^-6: to show; trades go by <see cref="Reserve"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than nothing, or more than <see cref="MostSold"/>.</exception>
    public Amount Price(Amount sold) => new(PriceAt(Checked(sold)));

    /// <summary>The most coins that can be bought for the budget when <paramref name="sold"/> are sold; all that are left if it is enough.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The budget is below zero, or <paramref name="sold"/> is not on the curve.</exception>
    public Amount CoinsFor(Amount sold, Amount budget)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(budget.MinorUnits, nameof(budget));
        var before = Reserve(sold);
        return budget >= Reserve(MostSold) - before
            ? MostSold - sold
            : new Amount(MostWithin((before + budget).MinorUnits)) - sold;
    }

    /// <summary>The fewest coins whose sale takes at least <paramref name="wanted"/> RLY out of the reserve when <paramref name="sold"/> are sold.</summary>
    /// <returns>Null when all that are sold are not worth as much.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Less than nothing is wanted, or <paramref name="sold"/> is not on the curve.</exception>
    public Amount? CoinsWorth(Amount sold, Amount wanted)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(wanted.MinorUnits, nameof(wanted));
        var before = Reserve(sold);
        if (wanted > before)
            return null;
        return wanted == Amount.Zero ? Amount.Zero : sold - new Amount(MostWithin((before - wanted).MinorUnits));
    }

    /// <param name="sold">Minor units of the coin, on the curve.</param>
    /// <returns>Minor units of RLY.</returns>
    protected abstract long ReserveAt(long sold);

    /// <param name="sold">Minor units of the coin, on the curve.</param>
    /// <returns>Minor units of RLY for a whole coin.</returns>
    protected abstract long PriceAt(long sold);

    /// <summary>The most that can be sold before the reserve is above the given one: the inverse of <see cref="ReserveAt"/>.</summary>
    /// <param name="reserve">Minor units of RLY, from nothing to less than the full reserve.</param>
    /// <returns>Minor units of the coin.</returns>
    protected abstract long MostWithin(long reserve);

    private long Checked(Amount sold)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sold.MinorUnits, nameof(sold));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sold.MinorUnits, MostSold.MinorUnits, nameof(sold));
        return sold.MinorUnits;
    }
}
