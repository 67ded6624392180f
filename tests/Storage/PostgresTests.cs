using System.Data.Common;
using Dapper;
using Rally.Storage.Postgres;
using Rally.Testing;
using Xunit;

namespace Rally.Storage.Tests;

/// <summary>What the store asks of a PostgreSQL server.</summary>
public sealed class PostgresTests
{
    [PostgresFact]
    public async Task A_commit_waits_for_the_disk_whatever_the_database_says()
    {
        await using var test = await TestDatabase.CreateAsync(Engine.Postgres);
        await SetAsync(test, "synchronous_commit = off");
        await using var database = Database.Open(test.Setting);

        Assert.Equal("on", await database.WriteAsync(CommitOfAsync));
        Assert.Equal("on", await database.WriteAsync(CommitOfAsync)); // the same connection, set back in between
    }

    [PostgresFact]
    public async Task A_commit_waits_for_the_disk_whatever_the_connection_string_or_a_later_change_says()
    {
        await using var test = await TestDatabase.CreateAsync(Engine.Postgres);
        await using var database = Database.Open($"{test.Setting};Options=-c synchronous_commit=off");
        await database.WriteAsync(CommitOfAsync);
        await SetAsync(test, "synchronous_commit = off");

        await database.WriteAsync(async transaction =>
        {
            Assert.Equal("on", await CommitOfAsync(transaction));
            Assert.Equal("on", await database.WriteAsync(CommitOfAsync)); // a connection that was not there before
        });
    }

    [PostgresFact]
    public async Task How_a_commit_waits_for_standbys_stays_the_operators_choice()
    {
        await using var test = await TestDatabase.CreateAsync(Engine.Postgres);
        foreach (var choice in new[] { "local", "remote_write", "remote_apply" })
        {
            await SetAsync(test, $"synchronous_commit = {choice}");
            await using var database = Database.Open(test.Setting);
            Assert.Equal(choice, await database.WriteAsync(CommitOfAsync));
        }
    }

    [PostgresFact]
    public async Task A_server_that_may_lose_commits_is_read_and_not_written_to_unless_that_is_allowed()
    {
        await using var test = await TestDatabase.CreateAsync(Engine.Postgres);
        // Only a server of its own could have it off: this one's answer stands before the catalogue's.
        await ExecuteAsync(test, """
            CREATE SCHEMA answers;
            CREATE VIEW answers.pg_settings AS
              SELECT name, CASE name WHEN 'fsync' THEN 'off' ELSE setting END AS setting FROM pg_catalog.pg_settings;
            """);
        await SetAsync(test, "search_path = answers, pg_catalog, public");
        await using var database = Database.Open(test.Setting);
        await using var allowed = Database.Open(test.Setting, allowUnsafePostgres: true);

        Assert.Equal(1, await database.ReadAsync(connection => connection.ExecuteScalarAsync<int>("SELECT 1")));
        for (var tries = 0; tries < 2; tries++)
        {
            var refused = await Assert.ThrowsAsync<IOException>(() => database.WriteAsync(CommitOfAsync));
            Assert.Contains("fsync = off", refused.Message, StringComparison.Ordinal);
            Assert.Contains("Storage__AllowUnsafePostgres=true", refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal("on", await allowed.WriteAsync(CommitOfAsync));
    }

    [Theory]
    [InlineData(true, true, null)]
    [InlineData(false, true, "runs with fsync = off:")]
    [InlineData(true, false, "runs with full_page_writes = off:")]
    [InlineData(false, false, "runs with fsync = off and full_page_writes = off:")]
    public void What_is_off_is_named(bool fsync, bool fullPageWrites, string? words)
    {
        var fault = new Durability("on", fsync, fullPageWrites).Fault("the store");

        if (words is null)
            Assert.Null(fault);
        else
            Assert.Contains(words, fault, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task Readers_never_take_the_writers_connections()
    {
        await using var test = await TestDatabase.CreateAsync(Engine.Postgres);
        await using var database = new PostgresDatabase($"{StoreSetting.Parse(test.Setting).Target};Maximum Pool Size=8;Timeout=5");
        Assert.Equal((6, 2), (database.Readers, database.Writers));
        var release = new TaskCompletionSource();
        var reading = Enumerable.Range(0, 2 * database.Readers).Select(_ => database.ReadAsync(async connection =>
        {
            await release.Task;
            return await connection.ExecuteScalarAsync<int>("SELECT 1");
        })).ToList();

        // Not even the first write, which looks at the server before.
        Assert.Equal("on", await database.WriteAsync(CommitOfAsync));
        Assert.Equal("on", await database.WriteAsync(CommitOfAsync));

        release.SetResult();
        Assert.All(await Task.WhenAll(reading), one => Assert.Equal(1, one));
    }

    [PostgresFact]
    public async Task What_comes_often_is_planned_once_a_connection_unless_the_connection_string_says_otherwise()
    {
        await using var test = await TestDatabase.CreateAsync(Engine.Postgres);
        foreach (var (options, prepared) in new[] { ("", 1), (";Max Auto Prepare=0", 0) })
        {
            await using var database = Database.Open(test.Setting + options);
            var found = await database.ReadAsync(async connection =>
            {
                for (var times = 0; times < 5; times++)
                    await connection.ExecuteScalarAsync<int>("SELECT 12345");
                return await connection.ExecuteScalarAsync<int>("SELECT count(*)::int FROM pg_prepared_statements WHERE statement = 'SELECT 12345'");
            });
            Assert.Equal(prepared, found);
        }
    }

    [Theory]
    [InlineData("Host=db", 64, 16)]
    [InlineData("Host=db;Maximum Pool Size=100", 84, 16)]
    [InlineData("Host=db;Maximum Pool Size=20", 15, 5)]
    [InlineData("Host=db;Maximum Pool Size=2", 1, 1)]
    public async Task Connections_are_shared_out_between_readers_and_writers(string connection, int readers, int writers)
    {
        await using var database = new PostgresDatabase(connection);

        Assert.Equal((readers, writers), (database.Readers, database.Writers));
    }

    private static async Task<string?> CommitOfAsync(DbTransaction transaction) =>
        await transaction.Connection!.ExecuteScalarAsync<string>("SHOW synchronous_commit", transaction: transaction);

    private static Task SetAsync(TestDatabase test, string setting) => ExecuteAsync(
        test, $"DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET {setting}', current_database()); END $$");

    private static async Task ExecuteAsync(TestDatabase test, string sql)
    {
        await using var database = Database.Open(test.Setting);
        await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(sql, transaction: transaction));
    }
}
