using System.Runtime.InteropServices;
using Dapper;
using Microsoft.Data.Sqlite;
using Rally.Storage.Sqlite;
using Rally.Testing;
using SQLitePCL;
using Xunit;

namespace Rally.Storage.Tests;

public sealed class SqliteFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => Path.Combine(_folder.Path, "deep", "rally.db");

    private string Setting => $"sqlite:{File}";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_writer_runs_in_WAL_mode_with_full_synchronisation_and_foreign_keys()
    {
        await using var database = Database.Open(Setting);

        var (journal, synchronous, foreignKeys) = await database.WriteAsync(async transaction =>
        {
            var connection = transaction.Connection!;
            return (
                await connection.ExecuteScalarAsync<string>("PRAGMA journal_mode", transaction: transaction),
                await connection.ExecuteScalarAsync<long>("PRAGMA synchronous", transaction: transaction),
                await connection.ExecuteScalarAsync<long>("PRAGMA foreign_keys", transaction: transaction));
        });

        const long Full = 2;
        Assert.Equal(("wal", Full, 1L), (journal, synchronous, foreignKeys));
        Assert.True(System.IO.File.Exists(File + "-wal"));
    }

    [Fact]
    public async Task A_commit_that_fails_says_why_and_the_next_write_works()
    {
        await using var database = Database.Open(Setting);
        await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("CREATE TABLE t (x BIGINT)", transaction: transaction));
        var failed = await Assert.ThrowsAsync<SqliteException>(() => database.WriteAsync(async transaction =>
        {
            await transaction.Connection!.ExecuteAsync("INSERT INTO t VALUES (1)", transaction: transaction);
            // As a full disk does: COMMIT fails and SQLite has rolled back by itself.
            var handle = ((SqliteConnection)transaction.Connection!).Handle;
            raw.sqlite3_commit_hook(handle, _ => 1, null);
        }));
        Assert.DoesNotContain("no transaction is active", failed.Message, StringComparison.Ordinal);

        await database.WriteAsync(async transaction =>
        {
            raw.sqlite3_commit_hook(((SqliteConnection)transaction.Connection!).Handle, null, null);
            await transaction.Connection!.ExecuteAsync("INSERT INTO t VALUES (2)", transaction: transaction);
        });
        Assert.Equal([2L], await database.ReadAsync(connection => connection.QueryAsync<long>("SELECT x FROM t")));
    }

    [Fact]
    public async Task A_write_after_the_store_is_closed_is_told_so()
    {
        var database = Database.Open(Setting);
        await database.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => database.WriteAsync(_ => Task.CompletedTask));
    }

    [Fact]
    public async Task A_read_cannot_write()
    {
        await using var database = Database.Open(Setting);

        var refused = await Assert.ThrowsAsync<SqliteException>(() =>
            database.ReadAsync(connection => connection.ExecuteAsync("CREATE TABLE t (a BIGINT)")));

        const int ReadOnly = 8;
        Assert.Equal(ReadOnly, refused.SqliteErrorCode);
    }

    [Fact]
    public async Task A_second_opener_in_this_process_is_refused_until_the_first_closes()
    {
        await using (Database.Open(Setting))
        {
            var refused = Assert.Throws<IOException>(() => Database.Open(Setting));
            Assert.Contains($"Another process has {File} open", refused.Message, StringComparison.Ordinal);
            Assert.Contains("stop the other one", refused.Message, StringComparison.Ordinal);
        }

        await using var again = Database.Open(Setting);
    }

    [Fact]
    public async Task A_second_process_is_refused_until_the_first_is_dead()
    {
        using var child = ChildProcess.Start("hold", Setting);
        Assert.Equal("open", await child.ReadLineAsync());

        var refused = Assert.Throws<IOException>(() => Database.Open(Setting));
        Assert.Contains("belongs to one process", refused.Message, StringComparison.Ordinal);

        await child.KillAsync();
        await using var database = Database.Open(Setting);
    }

    [Fact]
    public void What_is_no_SQLite_file_is_refused_and_left_as_it_is()
    {
        var folder = Path.GetDirectoryName(File)!;
        Directory.CreateDirectory(folder);
        System.IO.File.WriteAllText(File, new string('x', 5000));

        var first = Assert.Throws<IOException>(() => Database.Open(Setting));
        var second = Assert.Throws<IOException>(() => Database.Open($"sqlite:{folder}"));

        Assert.Contains("cannot be opened as a SQLite store", first.Message, StringComparison.Ordinal);
        Assert.Contains("cannot be opened as a SQLite store", second.Message, StringComparison.Ordinal);
        Assert.Equal(new string('x', 5000), System.IO.File.ReadAllText(File));
    }

    [Fact]
    public async Task Closing_leaves_one_file_with_everything_in_it()
    {
        await using (var database = Database.Open(Setting))
        {
            await database.WriteAsync(transaction =>
                transaction.Connection!.ExecuteAsync("CREATE TABLE t (a BIGINT)", transaction: transaction));
            await database.ReadAsync(connection => connection.QueryAsync<long>("SELECT a FROM t"));
        }

        Assert.False(System.IO.File.Exists(File + "-wal"));
        Assert.False(System.IO.File.Exists(File + "-shm"));
    }

    [Fact]
    public async Task The_newer_of_the_systems_and_the_packages_SQLite_is_used()
    {
        await using var database = Database.Open(Setting);

        var used = await database.ReadAsync(connection => connection.ExecuteScalarAsync<string>("SELECT sqlite_version()"));

        var packaged = Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native", "libe_sqlite3.so");
        string[] candidates = [packaged, "libsqlite3.so.0", "libsqlite3.so"];
        Assert.Equal(candidates.Max(VersionOf), Version.Parse(used!));
        Assert.Equal(used, SqliteLibrary.Version);
        Assert.Contains($"SQLite {used} ({File})", database.Description, StringComparison.Ordinal);
    }

    private static unsafe Version? VersionOf(string library) =>
        NativeLibrary.TryLoad(library, out var handle) && NativeLibrary.TryGetExport(handle, "sqlite3_libversion", out var function)
            ? Version.Parse(Marshal.PtrToStringUTF8(((delegate* unmanaged<IntPtr>)function)())!)
            : null;
}
