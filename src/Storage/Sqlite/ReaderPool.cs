using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Rally.Storage.Sqlite;

/// <summary>
/// Read-only connections to one file, kept open with their statements. The provider's own pool lends one connection to two readers
/// at times (https://github.com/dotnet/efcore/issues/39008), whose transactions and rows then mix.
/// </summary>
internal sealed class ReaderPool(string path) : IDisposable
{
    // As many as may be idle: each has a cache of its own (2 MiB at most).
    private const int MostIdle = 16;

    private readonly ConcurrentStack<KeepingConnection> _idle = new();
    private volatile bool _isClosed;

    public async Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> work)
    {
        var connection = _idle.TryPop(out var idle) ? idle : Open();
        var isSound = false;
        try
        {
            var result = await work(connection).ConfigureAwait(false);
            isSound = !connection.IsInTransaction;
            return result;
        }
        finally
        {
            if (isSound && !_isClosed && _idle.Count < MostIdle)
                _idle.Push(connection);
            else
                connection.Dispose();
            if (_isClosed)
                Dispose();
        }
    }

    /// <summary>Closes those that are idle, and each of the others when it has done its work.</summary>
    public void Dispose()
    {
        _isClosed = true;
        while (_idle.TryPop(out var connection))
            connection.Dispose();
    }

    private KeepingConnection Open()
    {
        var connection = new KeepingConnection(new() { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false });
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
