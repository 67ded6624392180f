using Dapper;
using Microsoft.Data.Sqlite;
using Rally.Testing;
using Xunit;

namespace Rally.Storage.Tests;

public sealed class ReaderPoolTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Readers_at_once_never_share_a_connection()
    {
        for (var store = 0; store < 10; store++)
        {
            await using var database = Database.Open($"sqlite:{Path.Combine(_folder.Path, $"{store}.db")}");
            for (var wave = 0; wave < 20; wave++)
            {
                using var together = new Barrier(8);
                var lent = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
                    () => database.ReadAsync(connection =>
                    {
                        using var transaction = ((SqliteConnection)connection).BeginTransaction(deferred: true);
                        together.SignalAndWait();
                        return Task.FromResult(connection);
                    }),
                    CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));
                Assert.Equal(8, lent.Distinct().Count());
            }
        }
    }

    [Fact]
    public async Task A_connection_is_lent_again_but_not_after_a_failure()
    {
        await using var database = Database.Open($"sqlite:{Path.Combine(_folder.Path, "rally.db")}");
        var first = await database.ReadAsync(Task.FromResult);
        Assert.Same(first, await database.ReadAsync(Task.FromResult));
        await Assert.ThrowsAsync<InvalidOperationException>(() => database.ReadAsync<int>(connection =>
        {
            connection.BeginTransaction();
            throw new InvalidOperationException("in the middle");
        }));
        Assert.NotSame(first, await database.ReadAsync(Task.FromResult));
        Assert.Equal(1, await database.ReadAsync(connection => connection.ExecuteScalarAsync<long>("SELECT 1")));
    }
}
