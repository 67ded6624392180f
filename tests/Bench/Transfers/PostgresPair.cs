using Npgsql;
using Rally.Storage;
using Rally.Testing;

namespace Rally.Bench.Transfers;

/// <summary>A funded ledger in a database of its own and a copy of that database for a peer, on one durable server.</summary>
internal sealed class PostgresPair : IAsyncDisposable
{
    private readonly TestDatabase _database;

    private PostgresPair(TestDatabase database, BenchLedger ledger, string peer) => (_database, Ledger, Peer) = (database, ledger, peer);

    public BenchLedger Ledger { get; }

    /// <summary>The peer's connection string.</summary>
    public string Peer { get; }

    public static async Task<PostgresPair> CreateAsync(Holders holders)
    {
        var database = await TestDatabase.CreateAsync(Engine.Postgres);
        await using (var empty = await BenchLedger.OpenAsync(database.Setting))
            await empty.FundAsync(holders);
        var ours = new NpgsqlConnectionStringBuilder(database.Setting["postgres:".Length..]);
        var name = ours.Database + "_peer";
        await ExecuteAsync(TestDatabase.PostgresServer!, $"CREATE DATABASE {name} TEMPLATE {ours.Database}");
        var peer = new NpgsqlConnectionStringBuilder(ours.ConnectionString) { Database = name }.ConnectionString;
        foreach (var setting in new[] { "fsync", "synchronous_commit", "full_page_writes" })
        {
            if (await ScalarAsync(peer, $"SHOW {setting}") is not "on")
                throw new InvalidOperationException($"PostgreSQL runs with {setting} off: its commits are not durable.");
        }

        return new(database, await BenchLedger.OpenAsync(database.Setting), peer);
    }

    /// <summary>Fails unless both databases hold the same rows.</summary>
    public async Task CompareAsync()
    {
        foreach (var (table, key) in new[] { ("ledger_transfer", "position"), ("ledger_balance_settled", "account"), ("ledger_account", "id") })
        {
            // A hash of hashes by parts: all rows in one text are more than a gigabyte in a long run.
            var hash = $"SELECT md5(string_agg(h, '' ORDER BY part)) FROM (SELECT {key} / 1000 AS part, md5(string_agg(r::text, ',' ORDER BY {key})) AS h FROM {table} r GROUP BY 1) parts";
            var ours = await Ledger.Database.ReadAsync(connection => ScalarAsync((NpgsqlConnection)connection, hash));
            if (!ours.Equals(await ScalarAsync(Peer, hash)))
                throw new InvalidOperationException($"The peer's rows in {table} are not ours.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Ledger.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        await ExecuteAsync(TestDatabase.PostgresServer!, $"DROP DATABASE IF EXISTS {new NpgsqlConnectionStringBuilder(Peer).Database} WITH (FORCE)");
        await _database.DisposeAsync();
    }

    public static Task ExecuteAsync(string connectionString, string sql) => ScalarAsync(connectionString, sql);

    private static async Task<object> ScalarAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return await ScalarAsync(connection, sql);
    }

    private static async Task<object> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return await command.ExecuteScalarAsync() ?? "";
    }
}
