using System.Buffers.Binary;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;

namespace Rally.Storage.Postgres;

/// <summary>A PostgreSQL database, shared by every process that is given the same connection string.</summary>
internal sealed class PostgresDatabase : Database
{
    private readonly NpgsqlDataSource _source;

    public PostgresDatabase(string connectionString)
    {
        // A process that freezes in a transaction must not hold its locks until someone notices.
        var given = new NpgsqlConnectionStringBuilder(connectionString);
        var builder = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = "rally",
            TcpKeepAlive = true,
            Options = $"{given.Options} -c idle_in_transaction_session_timeout=30s".TrimStart(),
        };
        // Planning a statement costs more than a lone transfer's other work; what comes often is planned once a connection.
        if (!given.ContainsKey("Max Auto Prepare"))
            (builder.MaxAutoPrepare, builder.AutoPrepareMinUsages) = (64, 3);
        _source = NpgsqlDataSource.Create(builder);
        Description = $"PostgreSQL ({builder.Host}, database {builder.Database})";
    }

    public override Engine Engine => Engine.Postgres;

    public override string Description { get; }

    public override async Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken stop = default)
    {
        await using var connection = await _source.OpenConnectionAsync(stop).ConfigureAwait(false);
        return await work(connection).ConfigureAwait(false);
    }

    public override async Task<T> WriteAsync<T>(Func<DbTransaction, Task<T>> work, CancellationToken stop = default)
    {
        await using var connection = await _source.OpenConnectionAsync(stop).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(stop).ConfigureAwait(false);
        var result = await work(transaction).ConfigureAwait(false);
        await transaction.CommitAsync(stop).ConfigureAwait(false);
        return result;
    }

    public override Task SerializeAsync(DbTransaction transaction, string name, CancellationToken stop = default) =>
        transaction.Connection!.ExecuteAsync(new CommandDefinition(
            "SELECT pg_advisory_xact_lock(@key)", new { key = KeyOf(name) }, transaction, cancellationToken: stop));

    public override ValueTask DisposeAsync() => _source.DisposeAsync();

    // Advisory locks are keyed by 64 bits; a hash of the name keeps two modules from choosing the same number.
    private static long KeyOf(string name) =>
        BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
}
