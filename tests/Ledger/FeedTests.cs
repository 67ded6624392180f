using Rally.Ledger.Journal;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests;

public sealed class FeedTests
{
    [Theory, EachEngine]
    public async Task A_follower_sees_every_position_in_order_while_others_write(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine, largestBatch: 16);
        var creator = await ledger.LaunchAsync("PTM", 1_000);
        var following = Task.Run(async () =>
        {
            var seen = new List<TransferPosted>();
            while (seen.Count < 501)
            {
                await ledger.Feed.WaitAsync(seen.Count, default);
                seen.AddRange(await ledger.Feed.ReadAsync(seen.Count, 7, default));
            }

            return seen;
        });

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
                await ledger.PostedAsync(ledger.Order(creator, Guid.NewGuid(), 1));
        })));

        // The clock stands still: only the commits themselves can have woken the follower.
        var seen = await following;
        Assert.Equal(Enumerable.Range(1, 501).Select(position => (long)position), seen.Select(transfer => transfer.Position));
        Assert.Equal(501, await ledger.Feed.LastPositionAsync(default));
    }

    [Theory, EachEngine]
    public async Task Waiting_ends_at_once_when_there_is_something_to_read(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        Assert.Equal(0, await ledger.Feed.LastPositionAsync(default));
        Assert.Empty(await ledger.Feed.ReadAsync(0, 10, default));
        await ledger.LaunchAsync("PTM", 1_000);

        await ledger.Feed.WaitAsync(0, default);
        Assert.Equal(0, ledger.Clock.WaitingTimers);
    }

    [Theory, EachEngine]
    public async Task Waiting_can_be_called_off(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        using var stop = new CancellationTokenSource();

        var waiting = ledger.Feed.WaitAsync(0, stop.Token);
        await Eventually.TrueAsync(() => ledger.Clock.WaitingTimers > 0, "the follower waits");
        ledger.Clock.Advance(TimeSpan.FromSeconds(1));
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(0, ledger.Clock.WaitingTimers);
    }

    [PostgresFact]
    public async Task Commits_of_another_process_are_seen_within_a_second()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Postgres);
        await using var follower = await TestLedger.OpenAsync(store.Setting);
        await using var writer = await TestLedger.OpenAsync(store.Setting);

        var waiting = follower.Feed.WaitAsync(0, default);
        await Eventually.TrueAsync(() => follower.Clock.WaitingTimers > 0, "the follower waits");
        await writer.LaunchAsync("PTM", 1_000);
        Assert.False(waiting.IsCompleted);
        follower.Clock.Advance(TimeSpan.FromSeconds(1));

        await waiting.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Single(await follower.Feed.ReadAsync(0, 10, default));
    }

    [Theory]
    [InlineData(-1, 1), InlineData(0, 0), InlineData(0, 10_001)]
    public async Task Reads_have_limits(long after, int limit)
    {
        await using var ledger = await TestLedger.CreateAsync(Engine.Sqlite);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => ledger.Feed.ReadAsync(after, limit, default));
    }
}
