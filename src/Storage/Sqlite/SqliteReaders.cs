using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Rally.Storage.Sqlite;

/// <summary>
/// Connections for reading, kept open for the next reader. The provider's own pool lends one connection to two readers at
/// times (https://github.com/dotnet/efcore/issues/39008), whose transactions and rows then mix.
/// </summary>
internal sealed class SqliteReaders(string path) : IDisposable
{
    // Of those that a rush has opened, so many stay open; each keeps some pages of the file in memory.
    private const int MostIdle = 16;

    private readonly string _settings =
        new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString();

    private readonly ConcurrentStack<SqliteConnection> _idle = new();
    private volatile bool _closed;

    /// <summary>Lends a connection for as long as the work takes. One whose work has failed is not lent again.</summary>
    public async Task<T> LendAsync<T>(Func<SqliteConnection, Task<T>> work, CancellationToken stop)
    {
        if (!_idle.TryPop(out var connection))
            connection = new SqliteConnection(_settings);
        var isSound = false;
        try
        {
            await connection.OpenAsync(stop).ConfigureAwait(false); // which does nothing when it is open
            var result = await work(connection).ConfigureAwait(false);
            isSound = true;
            return result;
        }
        finally
        {
            if (isSound && _idle.Count < MostIdle)
                _idle.Push(connection);
            else
                await connection.DisposeAsync().ConfigureAwait(false);
            if (_closed)
                Dispose();
        }
    }

    public void Dispose()
    {
        _closed = true;
        while (_idle.TryPop(out var connection))
            connection.Dispose();
    }
}
