using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Coins;

/// <summary>
/// Rally's flow control: what one holder sells and sends of a coin at once is limited to a share of what circulates. What was
/// used grows back evenly over 30 days: after half the time half of the limit is there again. Whoever uses all of it at the
/// beginning and what has grown back at the end has let out nearly twice the limit within 30 days, never more.
/// Sending to the coin's creator is exempt.
/// </summary>
internal static class FlowControl
{
    public static readonly TimeSpan Period = TimeSpan.FromDays(30);

    private const long PeriodMilliseconds = 30L * 24 * 60 * 60 * 1_000;

    /// <summary>The most that can be used at once.</summary>
    public static Amount Limit(CoinTerms terms, Amount circulating) => circulating.Share(terms.FlowBasisPoints, 10_000);

    /// <summary>What is left, never below zero.</summary>
    public static Amount Remaining(AccountFigures figures, Amount limit, DateTimeOffset now)
    {
        var used = Used(figures, limit, now);
        return used < limit ? limit - used : Amount.Zero;
    }

    /// <summary>When nothing of the limit will be in use any more, should nothing more be sold or sent; null when nothing is.</summary>
    public static DateTimeOffset? FullAt(AccountFigures figures, Amount limit, DateTimeOffset now)
    {
        if (Used(figures, limit, now) == Amount.Zero)
            return null;
        // Rounded up, as what has accrued is rounded down.
        var needed = limit == Amount.Zero
            ? PeriodMilliseconds
            : (((Int128)figures.FlowUsed.MinorUnits * PeriodMilliseconds) + limit.MinorUnits - 1) / limit.MinorUnits;
        return DateTimeOffset.FromUnixTimeMilliseconds(figures.FlowAt + (long)Int128.Min(needed, PeriodMilliseconds));
    }

    public static AccountFigures Use(AccountFigures figures, Amount amount, Amount limit, DateTimeOffset now) =>
        figures with { FlowUsed = Used(figures, limit, now) + amount, FlowAt = now.ToUnixTimeMilliseconds() };

    /// <summary>Coins that were held, and come back: of their use, what time has not given back already.</summary>
    public static AccountFigures GiveBack(AccountFigures figures, Amount amount, DateTimeOffset since, Amount limit, DateTimeOffset now)
    {
        var used = Used(figures, limit, now);
        var due = amount - Accrued(limit, since.ToUnixTimeMilliseconds(), now);
        if (due > used)
            due = used;
        return due <= Amount.Zero ? figures : figures with { FlowUsed = used - due, FlowAt = now.ToUnixTimeMilliseconds() };
    }

    private static Amount Used(AccountFigures figures, Amount limit, DateTimeOffset now)
    {
        // A limit that has shrunk since must not keep what was used for ever.
        if (now.ToUnixTimeMilliseconds() - figures.FlowAt >= PeriodMilliseconds)
            return Amount.Zero;
        var accrued = Accrued(limit, figures.FlowAt, now);
        return accrued < figures.FlowUsed ? figures.FlowUsed - accrued : Amount.Zero;
    }

    // Rounded down, against the holder.
    private static Amount Accrued(Amount limit, long since, DateTimeOffset now) =>
        limit.Share(Math.Clamp(now.ToUnixTimeMilliseconds() - since, 0, PeriodMilliseconds), PeriodMilliseconds);
}
