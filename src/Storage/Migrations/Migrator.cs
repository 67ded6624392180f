using System.Data.Common;
using Dapper;

namespace Rally.Storage.Migrations;

/// <summary>A store and a program that do not fit together; the message says what to do.</summary>
public sealed class MigrationException(string message) : Exception(message);

/// <summary>Brings each module's tables up to date, forward only, and refuses files that were edited once applied.</summary>
public sealed class Migrator(Database database, IEnumerable<MigrationSet> sets, TimeProvider time)
{
    /// <summary>Applies what is missing; each module in one transaction, one process at a time.</summary>
    /// <returns>How many files were applied.</returns>
    /// <exception cref="MigrationException">An applied file has changed, or the store is newer than this program.</exception>
    public async Task<int> RunAsync(CancellationToken stop = default)
    {
        var applied = 0;
        foreach (var set in sets)
            applied += await database.WriteAsync(transaction => ApplyAsync(set, transaction, stop), stop).ConfigureAwait(false);
        return applied;
    }

    /// <summary>Checks that the tables are those of this program, and changes nothing.</summary>
    /// <exception cref="MigrationException">They are of another version, or there are none.</exception>
    public async Task CheckAsync(CancellationToken stop = default)
    {
        foreach (var set in sets)
        {
            var scripts = set.ScriptsFor(database.Engine);
            var done = await database.ReadAsync(connection => ReadAppliedAsync(connection, set.Module, stop), stop).ConfigureAwait(false);
            Check(set.Module, scripts, done);
            if (done.Count < scripts.Count)
            {
                throw new MigrationException(
                    $"The store's {set.Module} tables are at version {done.Count}, this program's are at {scripts.Count}: " +
                    "start this program on it once, or use the one that serves it.");
            }
        }
    }

    private async Task<List<Applied>> ReadAppliedAsync(DbConnection connection, string module, CancellationToken stop)
    {
        var table = database.Engine == Engine.Sqlite
            ? "SELECT count(*) FROM sqlite_master WHERE name = 'storage_migration'"
            : "SELECT count(to_regclass('storage_migration'))"; // as this connection finds it, not another schema's
        if (await connection.ExecuteScalarAsync<long>(new CommandDefinition(table, cancellationToken: stop)).ConfigureAwait(false) == 0)
            return [];
        return (await connection.QueryAsync<Applied>(new CommandDefinition(
            "SELECT number, name, hash FROM storage_migration WHERE module = @module ORDER BY number",
            new { module }, cancellationToken: stop)).ConfigureAwait(false)).AsList();
    }

    private async Task<int> ApplyAsync(MigrationSet set, DbTransaction transaction, CancellationToken stop)
    {
        await database.SerializeAsync(transaction, "storage.migrations", stop).ConfigureAwait(false);
        var connection = transaction.Connection!;
        await connection.ExecuteAsync("""
            CREATE TABLE IF NOT EXISTS storage_migration (
              module     TEXT   NOT NULL,
              number     BIGINT NOT NULL,
              name       TEXT   NOT NULL,
              hash       TEXT   NOT NULL,
              applied_at BIGINT NOT NULL,
              PRIMARY KEY (module, number))
            """, transaction: transaction).ConfigureAwait(false);
        var done = (await connection.QueryAsync<Applied>(
            "SELECT number, name, hash FROM storage_migration WHERE module = @Module ORDER BY number",
            new { set.Module }, transaction).ConfigureAwait(false)).ToList();
        var scripts = set.ScriptsFor(database.Engine);
        Check(set.Module, scripts, done);

        foreach (var script in scripts.Skip(done.Count))
        {
            await connection.ExecuteAsync(script.Sql, transaction: transaction, commandTimeout: 0).ConfigureAwait(false);
            await connection.ExecuteAsync(
                "INSERT INTO storage_migration (module, number, name, hash, applied_at) VALUES (@Module, @Number, @Name, @Hash, @now)",
                new { set.Module, script.Number, script.Name, script.Hash, now = time.GetUtcNow() },
                transaction).ConfigureAwait(false);
        }

        return scripts.Count - done.Count;
    }

    private static void Check(string module, IReadOnlyList<MigrationSet.Script> scripts, List<Applied> done)
    {
        if (done.Count > scripts.Count)
            throw new MigrationException(
                $"The store's {module} tables are at version {done.Count}, this program knows {scripts.Count}: start the newer program.");
        foreach (var (script, row) in scripts.Zip(done))
        {
            if (script.Hash != row.Hash)
                throw new MigrationException(
                    $"Migration {script.Number:0000}-{script.Name} of {module} was applied to this store with other text. " +
                    "Applied migrations are never edited: undo the edit and write the change as the next number.");
        }
    }

    private sealed record Applied(long Number, string Name, string Hash);
}
