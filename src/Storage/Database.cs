using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using Rally.Storage.Postgres;
using Rally.Storage.Sqlite;
using SQLitePCL;

namespace Rally.Storage;

/// <summary>
/// The one opener of the store. Reads run side by side; writes are transactions that commit durably before the
/// call returns (on SQLite one at a time, through the file's only writing connection).
/// </summary>
public abstract class Database : IAsyncDisposable
{
    /// <summary>The engine behind this store.</summary>
    public abstract Engine Engine { get; }

    /// <summary>What this store runs on, and where, for logs and the start page; never a secret.</summary>
    public abstract string Description { get; }

    /// <summary>Opens the store that <paramref name="setting"/> names; an absent SQLite file is made.</summary>
    /// <param name="setting">See <see cref="StoreSetting"/>.</param>
    /// <exception cref="FormatException">The setting has neither form.</exception>
    /// <param name="allowUnsafePostgres">
    /// Writes also to a PostgreSQL server that may lose what it committed. Without it, the first write is refused there with
    /// an <see cref="IOException"/> that says how to mend it.
    /// </param>
    /// <exception cref="IOException">Another process has the SQLite file open, or it cannot be opened or made.</exception>
    public static Database Open(string setting, bool allowUnsafePostgres = false)
    {
        TypeHandlers.Register();
        var parsed = StoreSetting.Parse(setting);
        return parsed.Engine switch
        {
            Engine.Sqlite => new SqliteDatabase(parsed.Target),
            _ => new PostgresDatabase(parsed.Target, allowUnsafePostgres),
        };
    }

    /// <summary>Opens a store that is there for reading alone; another process may be serving from it, on either engine.</summary>
    /// <exception cref="FormatException">The setting has neither form.</exception>
    /// <exception cref="IOException">There is no such SQLite file.</exception>
    public static Database OpenForReading(string setting)
    {
        TypeHandlers.Register();
        var parsed = StoreSetting.Parse(setting);
        return parsed.Engine == Engine.Sqlite ? new SqliteReader(parsed.Target) : new PostgresDatabase(parsed.Target);
    }

    /// <summary>
    /// Whether a write was refused because a row that it refers to is not there, as when somebody has deleted it meanwhile.
    /// </summary>
    public static bool IsReferenceMissing(DbException refused) =>
        refused is SqliteException { SqliteExtendedErrorCode: raw.SQLITE_CONSTRAINT_FOREIGNKEY }
            or PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation };

    /// <summary>Runs <paramref name="work"/> on a connection for reading; what is committed before the call is seen.</summary>
    public abstract Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken stop = default);

    /// <summary>
    /// Runs <paramref name="work"/> in a transaction and commits when it returns; an exception rolls everything back.
    /// On SQLite, other writers wait meanwhile: do no network calls inside.
    /// </summary>
    public abstract Task<T> WriteAsync<T>(Func<DbTransaction, Task<T>> work, CancellationToken stop = default);

    /// <inheritdoc cref="WriteAsync{T}"/>
    public Task WriteAsync(Func<DbTransaction, Task> work, CancellationToken stop = default) =>
        WriteAsync<object?>(async transaction =>
        {
            await work(transaction).ConfigureAwait(false);
            return null;
        }, stop);

    /// <summary>
    /// The same for small writes that come in crowds. On SQLite, those that wait for each other share a transaction and so one
    /// commit; on PostgreSQL each has its own, for the server gathers what commits at the same time.
    /// </summary>
    /// <param name="work">
    /// May be run a second time, after everything was rolled back because another one threw: what it does outside of the
    /// transaction must bear that.
    /// </param>
    /// <param name="stop">Ends the wait while the work has not begun; then nothing is kept.</param>
    public virtual Task<T> WriteTogetherAsync<T>(Func<DbTransaction, Task<T>> work, CancellationToken stop = default) =>
        WriteAsync(work, stop);

    /// <summary>
    /// Lets one transaction at a time, over all processes, pass with this name until it ends. On SQLite every write
    /// already stands alone, so nothing is done.
    /// </summary>
    public abstract Task SerializeAsync(DbTransaction transaction, string name, CancellationToken stop = default);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
