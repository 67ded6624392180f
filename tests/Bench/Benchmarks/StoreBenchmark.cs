using System.Diagnostics;
using Dapper;
using Microsoft.Data.Sqlite;
using Rally.Storage;
using Rally.Testing;

namespace Rally.Bench.Benchmarks;

/// <summary>
/// Durable commits of one row each, one after the other: <see cref="Database.WriteAsync{T}"/> with Dapper against bare
/// Microsoft.Data.Sqlite with a prepared command, same library, pragmas, table and file system, in turns.
/// </summary>
internal static class StoreBenchmark
{
    private const string CreateTable = "CREATE TABLE note (id BIGINT PRIMARY KEY, body TEXT NOT NULL)";
    private const string InsertRow = "INSERT INTO note (id, body) VALUES (@id, @body)";
    private const string Body = "sixty coins for the best drawing of the week";

    public static async Task RunAsync(bool quick)
    {
        var (rounds, commits) = quick ? (10, 100) : (40, 250);
        using var folder = new TemporaryFolder();
        await using var database = Database.Open($"sqlite:{folder.Path}/ours.db");
        await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(CreateTable, transaction: transaction));
        // Opened second, so that it runs on the SQLite library that the store has chosen.
        using var bare = new SqliteConnection($"Data Source={folder.Path}/bare.db;Pooling=False");
        bare.Open();
        bare.Execute($"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; {CreateTable};");

        var (oursTime, bareTime) = (TimeSpan.Zero, TimeSpan.Zero);
        for (var round = -1; round < rounds; round++)
        {
            // The round before the first warms both up and does not count.
            var first = (round + 1L) * commits;
            var ours = await OursAsync(database, first, commits);
            var raw = Bare(bare, first, commits);
            if (round >= 0)
                (oursTime, bareTime) = (oursTime + ours, bareTime + raw);
        }

        Measure.Value(rounds * commits / oursTime.TotalSeconds, "commits/s", $"durable one-row commits through the store, {database.Description.Split(" (")[0]}");
        Measure.Value(rounds * commits / bareTime.TotalSeconds, "commits/s", "the same through bare Microsoft.Data.Sqlite");
        Measure.Ratio(bareTime / oursTime, 0.80, "durable one-row commits through the store against bare Microsoft.Data.Sqlite");
    }

    private static async Task<TimeSpan> OursAsync(Database database, long first, int commits)
    {
        var watch = Stopwatch.StartNew();
        for (var id = first; id < first + commits; id++)
        {
            var row = new { id, body = Body };
            await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(InsertRow, row, transaction));
        }

        return watch.Elapsed;
    }

    private static TimeSpan Bare(SqliteConnection connection, long first, int commits)
    {
        using var insert = connection.CreateCommand();
        insert.CommandText = InsertRow;
        var id = insert.Parameters.Add("@id", SqliteType.Integer);
        insert.Parameters.AddWithValue("@body", Body);
        var watch = Stopwatch.StartNew();
        for (var next = first; next < first + commits; next++)
        {
            using var transaction = connection.BeginTransaction(deferred: false);
            insert.Transaction = transaction;
            id.Value = next;
            insert.ExecuteNonQuery();
            transaction.Commit();
        }

        return watch.Elapsed;
    }
}
