using Dapper;
using Rally.Storage.Changes;
using Rally.Storage.Migrations;
using Rally.Testing;
using Xunit;

namespace Rally.Storage.Tests;

public sealed class OutboxTests
{
    [Theory, EachEngine]
    public async Task A_change_is_there_with_its_transaction_or_not_at_all(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await using var database = Database.Open(store.Setting);
        var outbox = await OutboxAsync(database);

        await database.WriteAsync(transaction => outbox.AppendAsync(transaction, "kept", "PTM", new { Amount = 1 }, default));
        await Assert.ThrowsAsync<InvalidOperationException>(() => database.WriteAsync(async transaction =>
        {
            await outbox.AppendAsync(transaction, "lost", null, new { }, default);
            throw new InvalidOperationException();
        }));

        var change = Assert.Single(await outbox.ReadAsync(0, long.MaxValue, 10, default));
        Assert.Equal((1L, 7L, "kept", "PTM", """{"amount":1}"""), (change.Number, change.Place, change.Type, change.Topic, change.Data));
        Assert.Equal(1, await outbox.LastAsync(default));
        Assert.Empty(await outbox.ReadAsync(0, 6, 10, default));
        Assert.Equal((0L, 1L), (await outbox.LastBeforeAsync(7, default), await outbox.LastBeforeAsync(8, default)));
    }

    [Theory, EachEngine]
    public async Task Numbers_become_visible_in_their_order_however_commits_meet(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await using var database = Database.Open(store.Setting);
        var outbox = await OutboxAsync(database);
        var (appended, commit) = (new TaskCompletionSource(), new TaskCompletionSource());
        var first = database.WriteAsync(async transaction =>
        {
            await outbox.AppendAsync(transaction, "slow", null, new { }, default);
            appended.SetResult();
            await commit.Task;
        });
        await appended.Task;

        var others = Enumerable.Range(0, 8).Select(i => Task.Run(() =>
            database.WriteAsync(transaction => outbox.AppendAsync(transaction, $"quick{i}", null, new { }, default)))).ToList();
        Assert.Empty(await outbox.ReadAsync(0, long.MaxValue, 10, default));
        commit.SetResult();

        // Whatever is seen begins with the first and has no gap that is filled later.
        var seen = new List<long>();
        while (seen.Count < 9)
            seen.AddRange((await outbox.ReadAsync(seen.LastOrDefault(), long.MaxValue, 10, default)).Select(change => change.Number));
        await Task.WhenAll([first, .. others]);
        Assert.Equal(Enumerable.Range(1, 9).Select(number => (long)number), seen);
        Assert.Equal("slow", (await outbox.ReadAsync(0, long.MaxValue, 1, default))[0].Type);
    }

    [Theory, EachEngine]
    public async Task What_is_old_is_forgotten_and_no_number_is_given_twice(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await using var database = Database.Open(store.Setting);
        var clock = new FakeClock();
        var outbox = await OutboxAsync(database, clock);
        for (var i = 0; i < 3; i++)
            await database.WriteAsync(transaction => outbox.AppendAsync(transaction, "old", null, new { }, default));
        clock.Advance(TimeSpan.FromDays(31));

        Assert.Equal(2, await outbox.PruneAsync(clock.GetUtcNow().AddDays(-30), default));
        await database.WriteAsync(transaction => outbox.AppendAsync(transaction, "new", null, new { }, default));

        Assert.Equal([3L, 4L], (await outbox.ReadAsync(0, long.MaxValue, 10, default)).Select(change => change.Number));
    }

    [Theory, EachEngine]
    public async Task Who_waits_is_woken_by_an_announcement(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await using var database = Database.Open(store.Setting);
        var outbox = await OutboxAsync(database);
        var waiting = outbox.WaitAsync(0, Timeout.InfiniteTimeSpan, default);

        await database.WriteAsync(transaction => outbox.AppendAsync(transaction, "it", null, new { }, default));
        Assert.False(waiting.IsCompleted);
        outbox.Announce();

        await waiting.WaitAsync(TimeSpan.FromSeconds(20));
    }

    private static async Task<Outbox> OutboxAsync(Database database, FakeClock? clock = null)
    {
        await new Migrator(database, [new MigrationSet("storage", typeof(Outbox).Assembly)], TimeProvider.System).RunAsync();
        return new Outbox(database, clock ?? new FakeClock(), [new LogPlace("SELECT 7")]);
    }
}
