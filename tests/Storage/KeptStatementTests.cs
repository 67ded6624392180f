using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using Rally.Testing;
using Xunit;

namespace Rally.Storage.Tests;

/// <summary>What is kept on a SQLite connection, its statements, is not to be seen but in the time it saves.</summary>
public sealed class KeptStatementTests
{
    [Fact]
    public async Task The_same_text_with_other_values_gives_other_rows_and_lists_of_any_length()
    {
        await using var test = await TestDatabase.CreateAsync(Engine.Sqlite);
        await using var database = await OpenAsync(test);
        for (var id = 1L; id <= 5; id++)
            Assert.Equal($"note {id}", await database.ReadAsync(connection => connection.QuerySingleAsync<string>("SELECT body FROM note WHERE id = @id", new { id })));
        foreach (var ids in new long[][] { [1], [1, 2, 3], [], [4, 5], [1] })
        {
            Assert.Equal(ids, await database.ReadAsync(connection => connection.QueryAsync<long>("SELECT id FROM note WHERE id IN @ids ORDER BY id", new { ids })));
            Assert.Equal(ids.Length, await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
                "UPDATE note SET body = body WHERE id IN @ids", new { ids }, transaction)));
        }
    }

    [Fact]
    public async Task The_same_text_runs_inside_itself()
    {
        await using var test = await TestDatabase.CreateAsync(Engine.Sqlite);
        await using var database = await OpenAsync(test);
        const string query = "SELECT id FROM note WHERE id > @above ORDER BY id";
        var pairs = await database.ReadAsync(connection => Task.FromResult(
            (from first in connection.Query<long>(query, new { above = 0 }, buffered: false)
             from second in connection.Query<long>(query, new { above = first }, buffered: false)
             select (first, second)).ToList()));
        Assert.Equal(10, pairs.Distinct().Count());
    }

    [Theory, EachEngine]
    public async Task Every_read_sees_what_was_committed_before_it(Engine engine)
    {
        await using var test = await TestDatabase.CreateAsync(engine);
        await using var database = await OpenAsync(test);
        for (var id = 6L; id < 30; id++)
        {
            await database.WriteTogetherAsync(transaction => transaction.Connection!.ExecuteAsync(
                "INSERT INTO note (id, body) VALUES (@id, 'new')", new { id }, transaction));
            Assert.Equal(id, await database.ReadAsync(connection => connection.QueryFirstAsync<long>("SELECT id FROM note ORDER BY id DESC")));
        }
    }

    [Fact]
    public async Task A_statement_that_failed_works_the_next_time()
    {
        await using var test = await TestDatabase.CreateAsync(Engine.Sqlite);
        await using var database = await OpenAsync(test);
        for (var i = 0; i < 3; i++)
        {
            await Assert.ThrowsAnyAsync<DbException>(() => InsertAsync(1));
            Assert.Equal(1, await InsertAsync(10 + i));
        }

        Task<int> InsertAsync(long id) => database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
            "INSERT INTO note (id, body) VALUES (@id, 'x')", new { id }, transaction));
    }

    [Fact]
    public async Task A_table_may_change_between_two_runs()
    {
        await using var test = await TestDatabase.CreateAsync(Engine.Sqlite);
        await using var database = await OpenAsync(test);
        Task<string[]> ColumnsAsync() => database.ReadAsync(async connection =>
        {
            await using var reader = await connection.ExecuteReaderAsync("SELECT * FROM note");
            return Enumerable.Range(0, reader.FieldCount).Select(reader.GetName).ToArray();
        });
        Assert.Equal(["id", "body"], await ColumnsAsync());
        await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("ALTER TABLE note ADD COLUMN more BIGINT", transaction: transaction));
        Assert.Equal(["id", "body", "more"], await ColumnsAsync());
    }

    [Fact]
    public async Task A_transaction_that_a_reader_left_open_is_not_met_by_the_next()
    {
        await using var test = await TestDatabase.CreateAsync(Engine.Sqlite);
        await using var database = await OpenAsync(test);
        await database.ReadAsync(async connection =>
        {
            var left = ((SqliteConnection)connection).BeginTransaction(deferred: true);
            return await connection.QueryFirstAsync<long>("SELECT count(*) FROM note", transaction: left);
        });
        await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("DELETE FROM note", transaction: transaction));
        Assert.Equal(0, await database.ReadAsync(connection => connection.QueryFirstAsync<long>("SELECT count(*) FROM note")));
    }

    [Theory, EachEngine]
    public async Task Many_read_at_once(Engine engine)
    {
        await using var test = await TestDatabase.CreateAsync(engine);
        await using var database = await OpenAsync(test);
        var counts = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => database.ReadAsync(async connection =>
        {
            await Task.Yield();
            return await connection.QuerySingleAsync<long>("SELECT count(*) FROM note");
        })));
        Assert.All(counts, count => Assert.Equal(5, count));
    }

    private static async Task<Database> OpenAsync(TestDatabase test)
    {
        var database = Database.Open(test.Setting);
        await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("CREATE TABLE note (id BIGINT NOT NULL PRIMARY KEY, body TEXT)", transaction: transaction));
        for (var id = 1L; id <= 5; id++)
        {
            await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
                "INSERT INTO note (id, body) VALUES (@id, @body)", new { id, body = $"note {id}" }, transaction));
        }

        return database;
    }
}
