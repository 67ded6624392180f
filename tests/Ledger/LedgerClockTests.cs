using Rally.Ledger.Journal;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests;

/// <summary>An entry under a wrong clock could never be taken back.</summary>
public sealed class LedgerClockTests
{
    [Theory, EachEngine]
    public async Task A_clock_that_jumped_years_ahead_posts_nothing_until_it_is_set(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        var (creator, position) = await LaunchedAsync(store);
        await using var ledger = await TestLedger.OpenAsync(store.Setting);
        ledger.Clock.Advance(TimeSpan.FromDays(36 * 365));

        var refused = await Assert.ThrowsAsync<LedgerClockException>(() => ledger.PostAsync(ledger.Order(creator, Guid.NewGuid(), 1)));
        Assert.Equal(position, await ledger.CheckAsync());
        ledger.Clock.Advance(TimeSpan.FromDays(-36 * 365));
        var entry = await ledger.PostedAsync(ledger.Order(creator, Guid.NewGuid(), 1));

        Assert.Contains("Ledger:LongestGap above 13140.00:00:00", refused.Message, StringComparison.Ordinal);
        Assert.Equal(ledger.Clock.GetUtcNow(), entry.PostedAt);
    }

    [Theory, EachEngine]
    public async Task A_ledger_that_was_really_idle_is_started_with_a_longer_gap(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        var (creator, _) = await LaunchedAsync(store);
        await using var ledger = await TestLedger.OpenAsync(store.Setting, options => options.LongestGap = TimeSpan.FromDays(100));
        ledger.Clock.Advance(TimeSpan.FromDays(99));

        Assert.Equal(ledger.Clock.GetUtcNow(), (await ledger.PostedAsync(ledger.Order(creator, Guid.NewGuid(), 1))).PostedAt);
    }

    [Fact]
    public void A_clock_that_was_seen_to_run_is_believed_however_long_nothing_is_posted()
    {
        var time = new FakeClock();
        var (clock, last) = (new LedgerClock(time, TimeSpan.FromDays(30)), time.GetUtcNow());
        clock.Read(last);

        for (var day = 0; day < 100; day++)
        {
            time.Advance(TimeSpan.FromDays(1));
            clock.Watch();
        }

        Assert.Equal(time.GetUtcNow(), clock.Read(last));
        time.Advance(TimeSpan.FromDays(31));
        clock.Watch();
        Assert.Throws<LedgerClockException>(() => clock.Read(last));
    }

    [Fact]
    public void A_clock_ahead_of_the_database_servers_is_refused()
    {
        var time = new FakeClock();
        var clock = new LedgerClock(time, TimeSpan.FromDays(30));
        var now = time.GetUtcNow();

        Assert.Equal(now, clock.Read(now, now.AddSeconds(-59)));
        Assert.Equal(now, clock.Read(now, now.AddHours(1)));
        Assert.Contains("the database server's", Assert.Throws<LedgerClockException>(() => clock.Read(now, now.AddSeconds(-61))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_id_is_made_about_now()
    {
        var now = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

        Assert.Null(CallerId.Fault(Guid.CreateVersion7(now), now));
        Assert.Null(CallerId.Fault(Guid.CreateVersion7(now.AddYears(-50)), now));
        Assert.Null(CallerId.Fault(Guid.CreateVersion7(now.AddHours(1)), now));
        Assert.Contains("set the clock", CallerId.Fault(Guid.CreateVersion7(now.AddHours(1).AddSeconds(1)), now), StringComparison.Ordinal);
        Assert.Contains("version 7", CallerId.Fault(Guid.NewGuid(), now), StringComparison.Ordinal);
    }

    private static async Task<(Guid Creator, long Position)> LaunchedAsync(TestDatabase store)
    {
        await using var ledger = await TestLedger.OpenAsync(store.Setting);
        return (await ledger.LaunchAsync("PTM", 1_000), await ledger.Feed.LastPositionAsync(default));
    }
}
