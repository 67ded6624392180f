using System.Collections.Concurrent;
using System.Data.Common;
using Dapper;
using Rally.Testing;
using Xunit;

namespace Rally.Storage.Tests;

/// <summary><see cref="Database.WriteTogetherAsync"/>: each of those that share a commit ends as if it were alone.</summary>
public sealed class SharedCommitTests
{
    [Theory, EachEngine]
    public async Task Each_gets_its_own_answer_and_all_is_kept(Engine engine)
    {
        await using var test = await TestDatabase.CreateAsync(engine);
        await using var database = await OpenAsync(test);

        var answers = await Task.WhenAll(Enumerable.Range(1, 300).Select(id => Task.Run(() => database.WriteTogetherAsync(async transaction =>
        {
            await AddAsync(transaction, id);
            return id;
        }))));

        Assert.Equal(Enumerable.Range(1, 300), answers);
        Assert.Equal(Enumerable.Range(1, 300), await IdsAsync(database));
    }

    [Theory, EachEngine]
    public async Task One_that_throws_keeps_nothing_and_its_neighbours_are_kept(Engine engine)
    {
        await using var test = await TestDatabase.CreateAsync(engine);
        await using var database = await OpenAsync(test);
        await database.WriteAsync(transaction => AddAsync(transaction, 4));

        var writes = await WhileTheTurnIsTakenAsync(database, () => [.. Enumerable.Range(1, 9).Select(id => database.WriteTogetherAsync(async transaction =>
        {
            // 4 is there already, 7 changes its mind when it has written.
            await AddAsync(transaction, id);
            return id == 7 ? throw new InvalidOperationException("changed my mind") : id;
        }))]);

        await Assert.ThrowsAnyAsync<DbException>(() => writes[3]);
        await Assert.ThrowsAsync<InvalidOperationException>(() => writes[6]);
        foreach (var id in new[] { 1, 2, 3, 5, 6, 8, 9 })
            Assert.Equal(id, await writes[id - 1]);
        Assert.Equal([1, 2, 3, 4, 5, 6, 8, 9], await IdsAsync(database));
    }

    [Fact]
    public async Task On_SQLite_those_that_wait_share_one_transaction_in_their_order()
    {
        await using var test = await TestDatabase.CreateAsync(Engine.Sqlite);
        await using var database = await OpenAsync(test);
        var seen = new ConcurrentQueue<(DbTransaction Transaction, int Id)>();

        await Task.WhenAll(await WhileTheTurnIsTakenAsync(database, () => [.. Enumerable.Range(1, 40).Select(id => database.WriteTogetherAsync(async transaction =>
        {
            seen.Enqueue((transaction, id));
            await AddAsync(transaction, id);
            return id;
        }))]));

        Assert.Single(seen.Select(each => each.Transaction).Distinct());
        Assert.Equal(Enumerable.Range(1, 40), seen.Select(each => each.Id));
    }

    [Fact]
    public async Task On_SQLite_a_commit_that_fails_fails_all_keeps_nothing_and_the_next_works()
    {
        await using var test = await TestDatabase.CreateAsync(Engine.Sqlite);
        await using var database = await OpenAsync(test);
        await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
            "CREATE TABLE child (id BIGINT REFERENCES note (id) DEFERRABLE INITIALLY DEFERRED)", transaction: transaction));

        var writes = await WhileTheTurnIsTakenAsync(database, () => [.. Enumerable.Range(1, 3).Select(id => database.WriteTogetherAsync(async transaction =>
        {
            await AddAsync(transaction, id);
            // Nothing is wrong with it until the commit.
            await transaction.Connection!.ExecuteAsync("INSERT INTO child (id) VALUES (@missing)", new { missing = id == 2 ? 99 : id }, transaction);
            return id;
        }))]);

        foreach (var write in writes)
            await Assert.ThrowsAnyAsync<DbException>(() => write);
        Assert.Empty(await IdsAsync(database));
        Assert.Equal(1, await database.WriteTogetherAsync(transaction => AddAsync(transaction, 1)));
    }

    [Fact]
    public async Task On_SQLite_a_full_disk_refuses_each_and_the_next_works_when_there_is_room()
    {
        await using var test = await TestDatabase.CreateAsync(Engine.Sqlite);
        await using var database = await OpenAsync(test);
        await LimitAsync("PRAGMA max_page_count = 10");

        var writes = await WhileTheTurnIsTakenAsync(database, () => [.. Enumerable.Range(1, 3).Select(id => database.WriteTogetherAsync(
            transaction => transaction.Connection!.ExecuteAsync("INSERT INTO note (id, body) VALUES (@id, zeroblob(1000000))", new { id }, transaction)))]);

        foreach (var write in writes)
            Assert.Contains("make room", (await Assert.ThrowsAnyAsync<DbException>(() => write)).Message, StringComparison.Ordinal);
        await LimitAsync("PRAGMA max_page_count = 1000000");
        Assert.Equal(1, await database.WriteTogetherAsync(transaction => AddAsync(transaction, 1)));
        Assert.Equal([1], await IdsAsync(database));

        Task LimitAsync(string pragma) => database.WriteAsync(transaction => transaction.Connection!.ExecuteScalarAsync<long>(pragma, transaction: transaction));
    }

    [Theory, EachEngine]
    public async Task One_that_is_cancelled_while_it_waits_keeps_nothing_and_its_neighbours_are_kept(Engine engine)
    {
        await using var test = await TestDatabase.CreateAsync(engine);
        await using var database = await OpenAsync(test);
        using var stop = new CancellationTokenSource();
        Task<int> kept = null!;

        await database.WriteAsync(async outer =>
        {
            await database.SerializeAsync(outer, "tests.note");
            kept = WriteAsync(1, default);
            var cancelled = WriteAsync(2, stop.Token);
            Assert.False(cancelled.IsCompleted);
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => WriteAsync(3, stop.Token));
        });

        Assert.Equal(1, await kept);
        Assert.Equal([1], await IdsAsync(database));

        Task<int> WriteAsync(int id, CancellationToken token) => database.WriteTogetherAsync(async transaction =>
        {
            await database.SerializeAsync(transaction, "tests.note", token);
            return await AddAsync(transaction, id);
        }, token);
    }

    [Theory, EachEngine]
    public async Task Each_runs_in_the_context_of_its_own_caller(Engine engine)
    {
        await using var test = await TestDatabase.CreateAsync(engine);
        await using var database = await OpenAsync(test);
        var caller = new AsyncLocal<int>();

        var seen = await Task.WhenAll(await WhileTheTurnIsTakenAsync(database, () => [.. Enumerable.Range(1, 20).Select(id =>
        {
            caller.Value = id;
            return database.WriteTogetherAsync(async transaction =>
            {
                await AddAsync(transaction, id);
                return caller.Value;
            });
        })]));

        Assert.Equal(Enumerable.Range(1, 20), seen);
    }

    [Theory, EachEngine]
    public async Task A_closed_store_takes_none(Engine engine)
    {
        await using var test = await TestDatabase.CreateAsync(engine);
        await using var database = await OpenAsync(test);
        await database.WriteTogetherAsync(transaction => AddAsync(transaction, 1));
        await database.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => database.WriteTogetherAsync(transaction => AddAsync(transaction, 2)));
    }

    [Fact]
    public async Task On_SQLite_those_in_line_when_the_store_closes_are_kept_or_told()
    {
        await using var test = await TestDatabase.CreateAsync(Engine.Sqlite);
        var database = await OpenAsync(test);
        Task closing = null!;

        var writes = await WhileTheTurnIsTakenAsync(database, () =>
        {
            var waiting = Enumerable.Range(1, 20).Select(id => database.WriteTogetherAsync(transaction => AddAsync(transaction, id, id))).ToArray();
            closing = database.DisposeAsync().AsTask();
            return waiting;
        });
        await closing;

        var kept = new List<int>();
        foreach (var write in writes)
        {
            if (await Record.ExceptionAsync(() => write) is { } failure)
                Assert.IsType<ObjectDisposedException>(failure);
            else
                kept.Add(await write);
        }

        await using var again = Database.Open(test.Setting);
        Assert.Equal(kept, await IdsAsync(again));
    }

    /// <summary>Makes writes that have to wait for each other on SQLite, and lets them go.</summary>
    private static async Task<Task<int>[]> WhileTheTurnIsTakenAsync(Database database, Func<Task<int>[]> make)
    {
        Task<int>[] writes = [];
        await database.WriteAsync(_ =>
        {
            writes = make();
            return Task.CompletedTask;
        });
        await Task.WhenAny(Task.WhenAll(writes));
        return writes;
    }

    private static async Task<Database> OpenAsync(TestDatabase test)
    {
        var database = Database.Open(test.Setting);
        await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
            "CREATE TABLE note (id BIGINT NOT NULL PRIMARY KEY, body TEXT)", transaction: transaction));
        return database;
    }

    private static Task<int> AddAsync(DbTransaction transaction, int id) =>
        transaction.Connection!.ExecuteAsync("INSERT INTO note (id) VALUES (@id)", new { id }, transaction);

    private static async Task<int> AddAsync(DbTransaction transaction, int id, int answer)
    {
        await AddAsync(transaction, id);
        return answer;
    }

    private static async Task<List<int>> IdsAsync(Database database) =>
        (await database.ReadAsync(connection => connection.QueryAsync<long>("SELECT id FROM note ORDER BY id"))).Select(id => (int)id).ToList();
}
