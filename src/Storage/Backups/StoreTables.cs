using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Rally.Storage.Backups;

/// <summary>The tables of one store, seen through one connection in one transaction.</summary>
internal abstract class StoreTables(DbConnection connection, DbTransaction? transaction)
{
    /// <summary>The migrator's own table: each store keeps its own.</summary>
    public const string Migrations = "storage_migration";

    public abstract Engine Engine { get; }

    public static StoreTables Of(DbConnection connection, DbTransaction? transaction = null) => connection switch
    {
        SqliteConnection sqlite => new SqliteTables(sqlite, transaction),
        NpgsqlConnection postgres => new PostgresTables(postgres, transaction),
        _ => throw new ArgumentException($"{connection.GetType()} is no engine of ours.", nameof(connection)),
    };

    /// <summary>Every table there is, others' too.</summary>
    public abstract Task<IReadOnlyList<TableShape>> ShapesAsync(CancellationToken stop);

    /// <summary>The rows in the order of the key, text in the order of its bytes. The array is used again for the next row.</summary>
    public abstract IAsyncEnumerable<Cell[]> RowsAsync(TableShape table, CancellationToken stop);

    /// <summary>Adds rows to a table.</summary>
    public abstract Task AppendAsync(TableShape table, IAsyncEnumerable<Cell[]> rows, CancellationToken stop);

    /// <summary>Keeps everybody else out of these tables until the transaction ends, and foreign keys from being looked at before.</summary>
    public abstract Task PrepareForCopyAsync(IReadOnlyList<TableShape> tables, CancellationToken stop);

    /// <summary>Lets what counts up go on after the rows that were added.</summary>
    public abstract Task ContinueSequencesAsync(TableShape table, CancellationToken stop);

    public Task<long> CountAsync(TableShape table, CancellationToken stop) =>
        connection.ExecuteScalarAsync<long>(Command($"SELECT count(*) FROM {table.Sql}", stop));

    public Task ClearAsync(TableShape table, CancellationToken stop) => ExecuteAsync($"DELETE FROM {table.Sql}", stop);

    /// <summary>What the migrator has noted; empty when it never ran here.</summary>
    public async Task<IReadOnlyList<AppliedMigration>> MigrationsAsync(CancellationToken stop)
    {
        var shapes = await ShapesAsync(stop).ConfigureAwait(false);
        if (!shapes.Any(table => table.Name == Migrations))
            return [];
        return (await connection.QueryAsync<AppliedMigration>(
            Command($"SELECT module, number, name, hash FROM {Migrations} ORDER BY module, number", stop)).ConfigureAwait(false)).AsList();
    }

    protected Task<int> ExecuteAsync(string sql, CancellationToken stop) => connection.ExecuteAsync(Command(sql, stop));

    protected CommandDefinition Command(string sql, CancellationToken stop, object? parameters = null) =>
        new(sql, parameters, transaction, commandTimeout: 0, cancellationToken: stop);

    internal sealed record AppliedMigration(string Module, long Number, string Name, string Hash);
}
