using Dapper;
using Microsoft.Data.Sqlite;
using Rally.Storage.Sqlite;
using Rally.Testing;
using Xunit;

namespace Rally.Storage.Tests;

public sealed class LogLengthTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Store => Path.Combine(_folder.Path, "rally.db");

    private long LogBytes => new FileInfo(Store + "-wal").Length;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Small_commits_seldom_make_the_log_longer()
    {
        await using var database = await OpenAsync();
        var lengths = new HashSet<long>();
        for (var i = 0; i < 400; i++)
        {
            await AddAsync(database, i);
            lengths.Add(LogBytes);
        }

        // 400 commits of two pages or so each fill some 3 MiB, of which the file's length was doubled at a time.
        Assert.InRange(lengths.Count, 2, 8);
    }

    [Fact]
    public async Task A_large_commit_is_not_written_twice()
    {
        await using var database = await OpenAsync();
        await AddAsync(database, 1);

        await AddAsync(database, 2, bytes: 8 << 20);

        Assert.InRange(LogBytes, 8 << 20, (8 << 20) + (1 << 20));
    }

    [Fact]
    public async Task What_is_left_by_a_killed_process_opens_with_all_that_was_committed()
    {
        var left = Path.Combine(_folder.Path, "left.db");
        await using (var database = await OpenAsync())
        {
            for (var i = 0; i < 100; i++)
                await AddAsync(database, i);
            Copy(Store, left);
        }

        await using var opened = Database.Open($"sqlite:{left}");
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (long)i), await RowsAsync(opened));
        await AddAsync(opened, 100);
        Assert.Equal(101, (await RowsAsync(opened)).Count);
        Assert.Equal("ok", await opened.ReadAsync(connection => connection.ExecuteScalarAsync<string>("PRAGMA integrity_check")));
    }

    [Fact]
    public async Task A_commit_that_lost_its_end_does_not_come_back()
    {
        string torn = Path.Combine(_folder.Path, "torn.db"), later = Path.Combine(_folder.Path, "later.db");
        using (var connection = Connect())
        {
            // Its last page is zeros almost wholly.
            connection.Execute("INSERT INTO t VALUES (1, zeroblob(6000))");
            Copy(Store, torn);
        }

        using (var log = File.OpenWrite(torn + "-wal"))
            log.SetLength(log.Length - 1_000);
        await using (var opened = Database.Open($"sqlite:{torn}"))
        {
            Assert.Empty(await RowsAsync(opened));
            await opened.WriteAsync(_ => Task.CompletedTask);
            Copy(torn, later);
        }

        await using var again = Database.Open($"sqlite:{later}");
        Assert.Empty(await RowsAsync(again));
        await AddAsync(again, 2);
        Assert.Equal([2], await RowsAsync(again));
    }

    [Fact]
    public void It_ends_where_the_log_begins_again()
    {
        using var connection = Connect();
        var length = new LogLength(connection, Store, longestPages: 200);
        for (var i = 0; i < 500; i++)
        {
            Add(connection, i);
            length.Follow();
        }

        // 32 bytes of the log's own header, 24 of each page's.
        Assert.Equal(32 + (200 * (4_096 + 24)), LogBytes);
        Assert.Equal(500, connection.ExecuteScalar<long>("SELECT count(*) FROM t"));
    }

    [Fact]
    public void What_cannot_be_made_longer_is_left_to_the_library()
    {
        using var connection = Connect();
        var elsewhere = new LogLength(connection, Path.Combine(_folder.Path, "gone", "rally.db"), longestPages: 200);
        Add(connection, 1);

        elsewhere.Follow();
        Add(connection, 2);
        elsewhere.Follow();

        Assert.Equal(2, connection.ExecuteScalar<long>("SELECT count(*) FROM t"));
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "gone")));
    }

    /// <summary>As the disk would be, were the process killed now.</summary>
    private static void Copy(string from, string to)
    {
        File.Copy(from, to);
        File.Copy(from + "-wal", to + "-wal");
    }

    private async Task<Database> OpenAsync()
    {
        var database = Database.Open($"sqlite:{Store}");
        await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("CREATE TABLE t (x BIGINT, y BYTEA)", transaction: transaction));
        return database;
    }

    private static Task AddAsync(Database database, long x, int bytes = 1) => database.WriteAsync(transaction =>
        transaction.Connection!.ExecuteAsync("INSERT INTO t VALUES (@x, zeroblob(@bytes))", new { x, bytes }, transaction));

    private static Task<List<long>> RowsAsync(Database database) => database.ReadAsync(async connection =>
        (await connection.QueryAsync<long>("SELECT x FROM t ORDER BY x")).AsList());

    private SqliteConnection Connect()
    {
        _ = SqliteLibrary.Version; // else the provider would load another one
        var connection = new SqliteConnection($"Data Source={Store};Pooling=False");
        connection.Open();
        connection.Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=200; CREATE TABLE t (x BIGINT, y BYTEA)");
        return connection;
    }

    private static void Add(SqliteConnection connection, long x) => connection.Execute("INSERT INTO t VALUES (@x, NULL)", new { x });
}
