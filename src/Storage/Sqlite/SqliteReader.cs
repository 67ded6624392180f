using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Rally.Storage.Sqlite;

/// <summary>A SQLite file for reading alone, also while another process serves from it: it takes no lock, and no checkpoint is made through it.</summary>
internal sealed class SqliteReader : Database
{
    private readonly string _connection;

    /// <exception cref="IOException">There is no such file, or it is not a store.</exception>
    public SqliteReader(string path)
    {
        if (!File.Exists(path))
            throw new IOException($"There is no store at {path}. Name the one to read with Store or --store, or its folder with Data or --data.");
        Description = $"SQLite {SqliteLibrary.Version} ({path})";
        _connection = new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString();
    }

    public override Engine Engine => Engine.Sqlite;

    public override string Description { get; }

    public override async Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken stop = default)
    {
        using var connection = new SqliteConnection(_connection);
        await connection.OpenAsync(stop).ConfigureAwait(false);
        return await work(connection).ConfigureAwait(false);
    }

    public override Task<T> WriteAsync<T>(Func<DbTransaction, Task<T>> work, CancellationToken stop = default) =>
        throw new InvalidOperationException($"{Description} was opened for reading.");

    public override Task SerializeAsync(DbTransaction transaction, string name, CancellationToken stop = default) => Task.CompletedTask;

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
