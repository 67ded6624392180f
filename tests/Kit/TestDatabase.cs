using Npgsql;
using Rally.Storage;

namespace Rally.Testing;

/// <summary>An empty store of a test's own: a SQLite file in a temporary folder, or a new PostgreSQL database.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly TemporaryFolder? _folder;
    private readonly string? _postgresDatabase;

    private TestDatabase(string setting, TemporaryFolder? folder, string? postgresDatabase)
    {
        Setting = setting;
        _folder = folder;
        _postgresDatabase = postgresDatabase;
    }

    /// <summary>The server tests may use, as an Npgsql connection string without a database; null when there is none.</summary>
    public static string? PostgresServer =>
        Environment.GetEnvironmentVariable("RALLY_TEST_POSTGRES") is { Length: > 0 } server ? server : null;

    /// <summary>What <see cref="Database.Open"/> takes.</summary>
    public string Setting { get; }

    public static async Task<TestDatabase> CreateAsync(Engine engine)
    {
        if (engine == Engine.Sqlite)
        {
            var folder = new TemporaryFolder();
            return new($"sqlite:{Path.Combine(folder.Path, "rally.db")}", folder, null);
        }

        var server = PostgresServer ?? throw new InvalidOperationException("RALLY_TEST_POSTGRES is not set; run tests/run.sh.");
        var name = "t" + Guid.NewGuid().ToString("N");
        await ExecuteAsync(server, $"CREATE DATABASE {name}");
        var own = new NpgsqlConnectionStringBuilder(server) { Database = name, MaxPoolSize = 20 };
        return new($"postgres:{own.ConnectionString}", null, name);
    }

    public async ValueTask DisposeAsync()
    {
        _folder?.Dispose();
        if (_postgresDatabase is not null)
            await ExecuteAsync(PostgresServer!, $"DROP DATABASE IF EXISTS {_postgresDatabase} WITH (FORCE)");
    }

    private static async Task ExecuteAsync(string server, string sql)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(server) { Database = "postgres", Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
