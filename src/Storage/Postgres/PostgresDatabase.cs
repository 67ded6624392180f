using System.Buffers.Binary;
using System.Data;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;

namespace Rally.Storage.Postgres;

/// <summary>
/// A PostgreSQL database, shared by every process that is given the same connection string. Writers have connections of
/// their own, which no number of readers can take; the first write looks at what the server makes of a commit (see
/// <see cref="Durability"/>).
/// </summary>
internal sealed class PostgresDatabase : Database
{
    // Both together stay below the 97 that a server as it comes gives to one user who is not its owner.
    private const int UsualConnections = 80;
    private const int MostWriters = 16;

    private readonly NpgsqlConnectionStringBuilder _settings;
    private readonly bool _allowUnsafe;
    private readonly NpgsqlDataSource _readers;
    private readonly SemaphoreSlim _opening = new(1, 1);
    private NpgsqlDataSource? _writers;

    /// <param name="connectionString">Npgsql's; its <c>Maximum Pool Size</c> is for readers and writers together.</param>
    /// <param name="allowUnsafe">Writes even where a power failure may take back what was committed.</param>
    public PostgresDatabase(string connectionString, bool allowUnsafe = false)
    {
        // A process that freezes in a transaction must not hold its locks until someone notices.
        var given = new NpgsqlConnectionStringBuilder(connectionString);
        _settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = "rally",
            TcpKeepAlive = true,
            Options = $"{given.Options} -c idle_in_transaction_session_timeout=30s".TrimStart(),
        };
        // Planning a statement costs more than a lone transfer's other work; what comes often is planned once a connection.
        if (!given.ShouldSerialize("Max Auto Prepare"))
            (_settings.MaxAutoPrepare, _settings.AutoPrepareMinUsages) = (64, 3);
        _allowUnsafe = allowUnsafe;
        var connections = given.ShouldSerialize("Maximum Pool Size") ? given.MaxPoolSize : UsualConnections;
        Writers = Math.Clamp(connections / 4, 1, MostWriters);
        Readers = Math.Max(connections - Writers, 1);
        _readers = SourceOf(Readers, _settings.Options);
        Description = $"PostgreSQL ({_settings.Host}, database {_settings.Database})";
    }

    public override Engine Engine => Engine.Postgres;

    public override string Description { get; }

    /// <summary>Connections that readers may have open, at most.</summary>
    public int Readers { get; }

    /// <summary>The same for writers.</summary>
    public int Writers { get; }

    public override Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken stop = default) =>
        LendAsync(_readers, work, stop);

    public override async Task<T> WriteAsync<T>(Func<DbTransaction, Task<T>> work, CancellationToken stop = default)
    {
        var writers = Volatile.Read(ref _writers) ?? await OpenWritersAsync(stop).ConfigureAwait(false);
        return await LendAsync(writers, async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(stop).ConfigureAwait(false);
            var result = await work(transaction).ConfigureAwait(false);
            await transaction.CommitAsync(stop).ConfigureAwait(false);
            return result;
        }, stop).ConfigureAwait(false);
    }

    public override Task SerializeAsync(DbTransaction transaction, string name, CancellationToken stop = default) =>
        transaction.Connection!.ExecuteAsync(new CommandDefinition(
            "SELECT pg_advisory_xact_lock(@key)", new { key = KeyOf(name) }, transaction, cancellationToken: stop));

    public override async ValueTask DisposeAsync()
    {
        if (Volatile.Read(ref _writers) is { } writers)
            await writers.DisposeAsync().ConfigureAwait(false);
        await _readers.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<T> LendAsync<T>(NpgsqlDataSource source, Func<NpgsqlConnection, Task<T>> work, CancellationToken stop)
    {
        await using var connection = await source.OpenConnectionAsync(stop).ConfigureAwait(false);
        try
        {
            return await work(connection).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (connection.State == ConnectionState.Open)
        {
            ForgetStatements(connection);
            throw;
        }
    }

    /// <summary>
    /// What was being prepared when it was broken off may count as prepared without its columns being known, and fail whoever
    /// sends it next (Npgsql 10.0): on this connection everything is prepared anew.
    /// </summary>
    private static void ForgetStatements(NpgsqlConnection connection)
    {
        try
        {
            connection.UnprepareAll();
        }
        catch (NpgsqlException)
        {
            // The connection is broken, then, and nobody gets it again.
        }
    }

    private async Task<NpgsqlDataSource> OpenWritersAsync(CancellationToken stop)
    {
        await _opening.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            if (_writers is { } opened)
                return opened;
            await using var asking = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_settings.ConnectionString) { Pooling = false }.ConnectionString);
            await asking.OpenAsync(stop).ConfigureAwait(false);
            var durability = await Durability.ReadAsync(asking, stop).ConfigureAwait(false);
            if (!_allowUnsafe && durability.Fault(Description) is { } fault)
                throw new IOException(fault);
            var writers = SourceOf(Writers, $"{_settings.Options} -c synchronous_commit={durability.CommitToAskFor}");
            Volatile.Write(ref _writers, writers);
            return writers;
        }
        finally
        {
            _opening.Release();
        }
    }

    private NpgsqlDataSource SourceOf(int connections, string options) => NpgsqlDataSource.Create(
        new NpgsqlConnectionStringBuilder(_settings.ConnectionString)
        {
            MaxPoolSize = connections,
            MinPoolSize = Math.Min(_settings.MinPoolSize, connections),
            Options = options,
        });

    // Advisory locks are keyed by 64 bits; a hash of the name keeps two modules from choosing the same number.
    private static long KeyOf(string name) =>
        BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
}
