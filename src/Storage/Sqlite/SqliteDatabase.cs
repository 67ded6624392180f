using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Rally.Storage.Sqlite;

/// <summary>
/// A SQLite file in WAL mode with <c>synchronous=FULL</c>. One connection writes and checkpoints (two at once met a
/// WAL race before SQLite 3.51.3); readers are pooled and read-only. A lock file keeps a second process out.
/// </summary>
internal sealed class SqliteDatabase : Database
{
    // 256 MiB.
    private const int PagesInLog = 65_536;

    private readonly ReaderPool _readers;
    private readonly FileStream _lock;
    private readonly KeepingConnection _writer;
    private readonly LogLength _logLength;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly string _path;
    private readonly SharedCommits _shared;
    private bool _disposed;

    public SqliteDatabase(string path)
    {
        _path = path;
        _shared = new SharedCommits(work => WriteAsync(work));
        Description = $"SQLite {SqliteLibrary.Version} ({path})";
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _lock = TakeLock(path + ".lock");
        try
        {
            _writer = new KeepingConnection(new()
            {
                DataSource = path,
                Mode = SqliteOpenMode.ReadWriteCreate,
                Pooling = false,
            });
            _writer.Open();
            Prepare(_writer);
            _logLength = new(_writer, path, PagesInLog);
        }
        catch (SqliteException unusable)
        {
            _writer?.Dispose();
            _lock.Dispose();
            var explained = SqliteFault.Explained(unusable, path) ?? unusable;
            throw new IOException($"{path} cannot be opened as a SQLite store: {explained.Message}", unusable);
        }
        catch
        {
            _writer?.Dispose();
            _lock.Dispose();
            throw;
        }

        _readers = new ReaderPool(path);
    }

    public override Engine Engine => Engine.Sqlite;

    public override string Description { get; }

    public override async Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken stop = default)
    {
        stop.ThrowIfCancellationRequested();
        try
        {
            return await _readers.ReadAsync(work).ConfigureAwait(false);
        }
        catch (SqliteException failure) when (SqliteFault.Explained(failure, _path) is { } explained)
        {
            throw explained;
        }
    }

    public override async Task<T> WriteAsync<T>(Func<DbTransaction, Task<T>> work, CancellationToken stop = default)
    {
        await _turn.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            using var transaction = _writer.BeginTransaction(deferred: false);
            var result = await work(transaction).ConfigureAwait(false);
            Commit(transaction);
            _logLength.Follow();
            return result;
        }
        catch (SqliteException failure) when (SqliteFault.Explained(failure, _path) is { } explained)
        {
            throw explained;
        }
        finally
        {
            _turn.Release();
        }
    }

    public override Task<T> WriteTogetherAsync<T>(Func<DbTransaction, Task<T>> work, CancellationToken stop = default) =>
        _shared.WriteAsync(work, stop);

    public override Task SerializeAsync(DbTransaction transaction, string name, CancellationToken stop = default) =>
        Task.CompletedTask;

    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
            return;
        await _turn.WaitAsync().ConfigureAwait(false);
        _shared.Dispose();
        // Readers first, so that closing the writer is what checkpoints and removes the WAL.
        _readers.Dispose();
        await _writer.DisposeAsync().ConfigureAwait(false);
        await _lock.DisposeAsync().ConfigureAwait(false);
        _turn.Release(); // to writers that stood in line: they are told that the store is closed
    }

    /// <summary>
    /// Commits. When that fails (a full disk), SQLite has often rolled back by itself, and the provider's own ROLLBACK
    /// then fails too, hides the reason, and leaves the writer in a dead transaction for good (Microsoft.Data.Sqlite
    /// 6.0): so it is given one that it can roll back.
    /// </summary>
    private void Commit(SqliteTransaction transaction)
    {
        try
        {
            transaction.Commit();
        }
        catch (SqliteException)
        {
            if (raw.sqlite3_get_autocommit(_writer.Handle) != 0)
                raw.sqlite3_exec(_writer.Handle, "BEGIN");
            throw;
        }
    }

    // A file system without shared memory answers WAL by silently staying in another mode.
    private static void Prepare(SqliteConnection writer)
    {
        var mode = writer.ExecuteScalar<string>("PRAGMA journal_mode=WAL");
        if (mode != "wal")
            throw new IOException($"{writer.DataSource} is on a file system that does not support SQLite's WAL mode (it stays in '{mode}').");
        writer.Execute("PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;");
        // Measured at ten million rows: a transaction that does not fit the cache (64 MiB) is written more than once, and a page
        // that many transactions change is copied back from the log as often as the log (256 MiB) is full.
        writer.Execute($"PRAGMA cache_size=-65536; PRAGMA wal_autocheckpoint={PagesInLog};");
    }

    private FileStream TakeLock(string lockPath)
    {
        try
        {
            return new FileStream(lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException inUse) when (IsInUse(inUse))
        {
            throw new IOException(
                $"Another process has {_path} open. A SQLite store belongs to one process: stop the other one, " +
                "name another file, or use 'postgres:…' for several processes.", inUse);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"{_path} cannot be opened as a SQLite store: the process must be able to write the folder it is in. ({refused.Message})", refused);
        }
    }

    /// <summary>The runtime keeps a lock that it could not get apart from other failures only by its number.</summary>
    private static bool IsInUse(IOException failure)
    {
        const int windows = unchecked((int)0x80070020), linux = 11, macOS = 35;
        return failure.HResult == (OperatingSystem.IsWindows() ? windows : OperatingSystem.IsMacOS() ? macOS : linux);
    }
}
