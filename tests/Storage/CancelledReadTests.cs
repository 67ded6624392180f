using System.Collections.Concurrent;
using Dapper;
using Rally.Storage.Postgres;
using Rally.Testing;
using Xunit;

namespace Rally.Storage.Tests;

public sealed class CancelledReadTests
{
    /// <summary>
    /// Npgsql takes a statement for prepared as soon as the server has parsed it. Broken off before the server has said which
    /// columns it has, it would fail whoever sends it next: "Received unexpected backend message DataRow".
    /// </summary>
    [PostgresFact]
    public async Task A_statement_whose_preparation_was_broken_off_is_prepared_anew()
    {
        await using var test = await TestDatabase.CreateAsync(Engine.Postgres);
        // One connection for readers, on which the third use of a statement prepares it.
        await using var database = new PostgresDatabase($"{StoreSetting.Parse(test.Setting).Target};Maximum Pool Size=2", allowUnsafe: true);
        // What never changes is worked out while a statement is planned, which comes between the two.
        await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("""
            CREATE TABLE pause (seconds BIGINT);
            INSERT INTO pause VALUES (0);
            CREATE FUNCTION slow() RETURNS BIGINT IMMUTABLE LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep((SELECT seconds FROM pause)); RETURN 7; END';
            """, transaction: transaction));
        using var hangUp = new CancellationTokenSource();
        Task<long> ReadAsync() => database.ReadAsync(connection => connection.ExecuteScalarAsync<long>(new CommandDefinition("SELECT slow()", cancellationToken: hangUp.Token)));
        Task PauseAsync(int seconds) => database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync($"UPDATE pause SET seconds = {seconds}", transaction: transaction));
        for (var use = 0; use < 2; use++)
            Assert.Equal(7, await ReadAsync());

        await PauseAsync(60);
        var brokenOff = ReadAsync();
        await Eventually.TrueAsync(
            async () => await database.WriteAsync(transaction => transaction.Connection!.ExecuteScalarAsync<long>(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'", transaction: transaction)) == 1,
            "the statement is being planned");
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => brokenOff);
        await PauseAsync(0);

        Assert.Equal(7, await database.ReadAsync(connection => connection.ExecuteScalarAsync<long>("SELECT slow()")));
    }

    /// <summary>Callers hang up at any moment; whoever gets the connection next must not notice.</summary>
    [Theory, EachEngine]
    public async Task A_read_that_is_broken_off_harms_no_other(Engine engine)
    {
        await using var test = await TestDatabase.CreateAsync(engine);
        await using var database = Database.Open(test.Setting, allowUnsafePostgres: true);
        var faults = new ConcurrentQueue<Exception>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            for (var read = 0; read < 500; read++)
            {
                var number = random.Next(100);
                using var hangUp = new CancellationTokenSource();
                if (random.Next(3) == 0)
                    hangUp.CancelAfter(TimeSpan.FromMicroseconds(random.Next(1_500)));
                try
                {
                    var rows = await database.ReadAsync(
                        connection => connection.QueryAsync<long>(new CommandDefinition($"SELECT {number} AS n{number} UNION ALL SELECT @more", new { more = 7L }, cancellationToken: hangUp.Token)),
                        hangUp.Token);
                    if (!rows.Order().SequenceEqual(new[] { (long)number, 7L }.Order()))
                        faults.Enqueue(new InvalidOperationException("another's rows"));
                }
                catch (OperationCanceledException)
                {
                }
                catch (Exception fault)
                {
                    faults.Enqueue(fault);
                }
            }
        })));
        Assert.Empty(faults.Select(fault => fault.ToString()).Take(3));
    }
}
