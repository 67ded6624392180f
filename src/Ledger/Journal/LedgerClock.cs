using System.Globalization;

namespace Rally.Ledger.Journal;

/// <summary>
/// The time that entries get. Allowances, grants, purchase control and pending transfers follow it, it never runs back along
/// the log, and what is signed stays: one entry under a clock that is years ahead would undo them all for good. So a clock
/// that has jumped too far is refused before anything is written under it.
/// </summary>
internal sealed class LedgerClock(TimeProvider time, TimeSpan longestGap)
{
    // Two machines' clocks may differ by this much before one of them counts as wrong.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    private long _seenTicks;

    /// <summary>Whether the time is the machine's, which a database server's can be compared with; a test's is not.</summary>
    public bool IsReal => time == TimeProvider.System;

    /// <summary>The time for the next entries.</summary>
    /// <param name="lastPostedAt">When the last entry was posted; the epoch for an empty log.</param>
    /// <param name="serverTime">What the store's own clock says; null when it has none.</param>
    /// <exception cref="LedgerClockException">The clock cannot be right, or not be told from one that is not.</exception>
    public DateTimeOffset Read(DateTimeOffset lastPostedAt, DateTimeOffset? serverTime = null)
    {
        var now = time.GetUtcNow();
        if (serverTime is { } server && now - server > Tolerance)
        {
            throw new LedgerClockException(
                $"This machine's clock says {Show(now)}, the database server's {Show(server)}. Set the one that is wrong; nothing is posted until then.");
        }

        if (lastPostedAt > DateTimeOffset.UnixEpoch && IsTooFar(now, lastPostedAt))
        {
            throw new LedgerClockException(
                $"The clock says {Show(now)}, the ledger's last entry is from {Show(lastPostedAt)}. An entry under a wrong clock could not be taken back, " +
                $"so nothing is posted. If the clock is wrong, set it. If the ledger has really been idle so long, start once with Ledger:LongestGap above " +
                $"{Math.Ceiling((now - lastPostedAt).TotalDays).ToString(CultureInfo.InvariantCulture)}.00:00:00.");
        }

        Interlocked.Exchange(ref _seenTicks, now.UtcTicks);
        return now;
    }

    /// <summary>Watches the clock while nothing is posted: one that was seen to run may be far behind the last entry.</summary>
    public void Watch()
    {
        var (now, seen) = (time.GetUtcNow(), Interlocked.Read(ref _seenTicks));
        if (seen > 0 && now.UtcTicks - seen <= longestGap.Ticks)
            Interlocked.Exchange(ref _seenTicks, now.UtcTicks);
    }

    private bool IsTooFar(DateTimeOffset now, DateTimeOffset lastPostedAt) =>
        now.UtcTicks - Math.Max(lastPostedAt.UtcTicks, Interlocked.Read(ref _seenTicks)) > longestGap.Ticks;

    private static string Show(DateTimeOffset at) => at.ToString("u", CultureInfo.InvariantCulture);
}
