using System.Data.Common;
using Dapper;
using Rally.Testing;
using Xunit;

namespace Rally.Storage.Tests;

public sealed class TransactionTests
{
    [Theory, EachEngine]
    public async Task What_a_write_returns_from_is_there_for_the_next_read(Engine engine)
    {
        await using var test = await TestDatabase.CreateAsync(engine);
        await using var database = await OpenWithCounterAsync(test);

        var written = await database.WriteAsync(transaction => transaction.Connection!.ExecuteScalarAsync<long>(
            "UPDATE counter SET value = value + 5 RETURNING value", transaction: transaction));

        Assert.Equal(5, written);
        Assert.Equal(5, await ValueAsync(database));
    }

    [Theory, EachEngine]
    public async Task An_exception_rolls_everything_back_and_the_next_write_works(Engine engine)
    {
        await using var test = await TestDatabase.CreateAsync(engine);
        await using var database = await OpenWithCounterAsync(test);

        await Assert.ThrowsAsync<InvalidOperationException>(() => database.WriteAsync(async transaction =>
        {
            await AddAsync(transaction, 5);
            throw new InvalidOperationException("changed my mind");
        }));
        await Assert.ThrowsAnyAsync<DbException>(() => database.WriteAsync(async transaction =>
        {
            await AddAsync(transaction, 5);
            await transaction.Connection!.ExecuteAsync("SELECT nonsense", transaction: transaction);
        }));
        await database.WriteAsync(transaction => AddAsync(transaction, 1));

        Assert.Equal(1, await ValueAsync(database));
    }

    [Theory, EachEngine]
    public async Task A_read_neither_waits_for_an_open_write_nor_sees_it(Engine engine)
    {
        await using var test = await TestDatabase.CreateAsync(engine);
        await using var database = await OpenWithCounterAsync(test);
        var written = new TaskCompletionSource();
        var mayCommit = new TaskCompletionSource();
        var write = database.WriteAsync(async transaction =>
        {
            await AddAsync(transaction, 5);
            written.SetResult();
            await mayCommit.Task;
        });
        await written.Task;

        Assert.Equal(0, await ValueAsync(database));
        Assert.False(write.IsCompleted);
        mayCommit.SetResult();
        await write;
        Assert.Equal(5, await ValueAsync(database));
    }

    [Fact]
    public async Task Writers_on_SQLite_take_turns()
    {
        await using var test = await TestDatabase.CreateAsync(Engine.Sqlite);
        await using var database = await OpenWithCounterAsync(test);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => database.WriteAsync(ReadThenWriteAsync))));

        Assert.Equal(50, await ValueAsync(database));
    }

    [Theory, EachEngine]
    public async Task Transactions_serialized_by_one_name_take_turns(Engine engine)
    {
        await using var test = await TestDatabase.CreateAsync(engine);
        await using var database = await OpenWithCounterAsync(test);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => database.WriteAsync(async transaction =>
        {
            await database.SerializeAsync(transaction, "tests.counter");
            await ReadThenWriteAsync(transaction);
        }))));

        Assert.Equal(50, await ValueAsync(database));
    }

    [PostgresFact]
    public async Task Transactions_serialized_by_different_names_do_not_wait_for_each_other()
    {
        await using var test = await TestDatabase.CreateAsync(Engine.Postgres);
        await using var database = Database.Open(test.Setting);

        await database.WriteAsync(async outer =>
        {
            await database.SerializeAsync(outer, "tests.first");
            await database.WriteAsync(inner => database.SerializeAsync(inner, "tests.second"));
        });
    }

    [Theory, EachEngine]
    public async Task A_write_that_is_cancelled_while_it_waits_changes_nothing(Engine engine)
    {
        await using var test = await TestDatabase.CreateAsync(engine);
        await using var database = await OpenWithCounterAsync(test);
        using var stop = new CancellationTokenSource();
        await database.WriteAsync(async outer =>
        {
            await database.SerializeAsync(outer, "tests.counter");
            var waiting = database.WriteAsync(async inner =>
            {
                await database.SerializeAsync(inner, "tests.counter", stop.Token);
                await AddAsync(inner, 1);
            }, stop.Token);
            Assert.False(waiting.IsCompleted);
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        });

        Assert.Equal(0, await ValueAsync(database));
        await database.WriteAsync(transaction => AddAsync(transaction, 1));
        Assert.Equal(1, await ValueAsync(database));
    }

    [Theory, EachEngine]
    public async Task Closing_twice_is_closing_once(Engine engine)
    {
        await using var test = await TestDatabase.CreateAsync(engine);
        await using var database = await OpenWithCounterAsync(test);

        await database.DisposeAsync();
        await database.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => database.WriteAsync(transaction => AddAsync(transaction, 1)));
    }

    private static async Task<Database> OpenWithCounterAsync(TestDatabase test)
    {
        var database = Database.Open(test.Setting);
        await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
            "CREATE TABLE counter (value BIGINT NOT NULL); INSERT INTO counter VALUES (0);", transaction: transaction));
        return database;
    }

    private static Task AddAsync(DbTransaction transaction, long by) =>
        transaction.Connection!.ExecuteAsync("UPDATE counter SET value = value + @by", new { by }, transaction);

    // Loses an update whenever two of these run side by side.
    private static async Task ReadThenWriteAsync(DbTransaction transaction)
    {
        var value = await transaction.Connection!.ExecuteScalarAsync<long>("SELECT value FROM counter", transaction: transaction);
        await Task.Yield();
        await transaction.Connection!.ExecuteAsync("UPDATE counter SET value = @next", new { next = value + 1 }, transaction);
    }

    private static Task<long> ValueAsync(Database database) =>
        database.ReadAsync(connection => connection.ExecuteScalarAsync<long>("SELECT value FROM counter"));
}
