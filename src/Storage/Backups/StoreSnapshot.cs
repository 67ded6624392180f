using System.Data;
using Dapper;
using Microsoft.Data.Sqlite;
using Rally.Storage.Sqlite;

namespace Rally.Storage.Backups;

/// <summary>
/// A store as it is at one moment, whatever is committed meanwhile, also by other processes. On SQLite this is one read
/// transaction of a read-only connection: it neither waits for the writer nor makes it wait, needs no lock file, and
/// cannot checkpoint; the write-ahead log grows until it ends. On PostgreSQL it is a repeatable-read transaction.
/// </summary>
internal static class StoreSnapshot
{
    public static async Task<T> ReadAsync<T>(StoreSetting store, Func<StoreTables, Task<T>> work, CancellationToken stop)
    {
        if (store.Engine == Engine.Sqlite)
            return await ReadFileAsync(store.Target, work).ConfigureAwait(false);

        var database = Database.Open(store.ToSetting());
        await using (database.ConfigureAwait(false))
        {
            return await database.ReadAsync(async connection =>
            {
                var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, stop).ConfigureAwait(false);
                await using (snapshot.ConfigureAwait(false))
                {
                    await connection.ExecuteAsync(
                        "SET TRANSACTION READ ONLY; SET LOCAL idle_in_transaction_session_timeout = 0;", transaction: snapshot).ConfigureAwait(false);
                    return await work(StoreTables.Of(connection, snapshot)).ConfigureAwait(false);
                }
            }, stop).ConfigureAwait(false);
        }
    }

    /// <exception cref="BackupException">There is no such file.</exception>
    public static async Task<T> ReadFileAsync<T>(string file, Func<StoreTables, Task<T>> work)
    {
        if (!File.Exists(file))
            throw new BackupException($"There is no SQLite file {file}. Check the path.");
        var connection = OpenFile(file, SqliteOpenMode.ReadOnly);
        await using (connection.ConfigureAwait(false))
        {
            await connection.ExecuteAsync("BEGIN TRANSACTION").ConfigureAwait(false);
            // The moment is that of the first read.
            await connection.ExecuteAsync("SELECT 1 FROM sqlite_master LIMIT 1").ConfigureAwait(false);
            return await work(StoreTables.Of(connection)).ConfigureAwait(false);
        }
    }

    public static SqliteConnection OpenFile(string file, SqliteOpenMode mode)
    {
        _ = SqliteLibrary.Version; // chooses the library
        TypeHandlers.Register();
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }
}
