using Rally.Storage.Migrations;

namespace Rally.Storage.Backups;

/// <summary>Whether a store has the versions, tables and columns that this program's migrations make.</summary>
internal static class TableFit
{
    /// <summary>Compares what was applied with the program's files, by module, number and name: each engine has files of its own.</summary>
    /// <exception cref="BackupException">They are not the same.</exception>
    public static void CheckVersions(string store, IReadOnlyList<StoreTables.AppliedMigration> applied, IReadOnlyList<MigrationSet> sets)
    {
        if (applied.Count == 0)
            throw new BackupException($"{store} has no tables of this program. Name the store with --store, or its folder with --data.");
        CheckModules(store, applied, sets);
        foreach (var set in sets)
        {
            var known = set.ScriptsFor(Engine.Sqlite);
            var done = applied.Where(row => row.Module == set.Module).ToList();
            if (done.Count > known.Count)
                throw new BackupException(
                    $"The {set.Module} tables of {store} are at version {done.Count}, this program knows {known.Count}. Use the newer program.");
            if (done.Count < known.Count)
                throw new BackupException(
                    $"The {set.Module} tables of {store} are at version {done.Count}, this program's are at {known.Count}. " +
                    "Use the program that serves it, or start this one once: that brings the store up to date.");
            foreach (var (script, row) in known.Zip(done))
            {
                if (script.Number != row.Number || script.Name != row.Name)
                    throw new BackupException(
                        $"{store} has {row.Number:0000}-{row.Name} of {set.Module} where this program has {script.Number:0000}-{script.Name}. " +
                        "Use the program that serves it.");
            }
        }
    }

    /// <exception cref="BackupException">There are tables of a module that this program runs without.</exception>
    public static void CheckModules(string store, IReadOnlyList<StoreTables.AppliedMigration> applied, IReadOnlyList<MigrationSet> sets)
    {
        var unknown = applied.Select(row => row.Module).Distinct().Except(sets.Select(set => set.Module)).ToList();
        if (unknown.Count > 0)
            throw new BackupException(
                $"{store} also has tables of {string.Join(", ", unknown)}, which this program runs without. " +
                "Where Network:Mode is Remote, set Network__Mode=Embedded for this command.");
    }

    /// <summary>Checks that a store has the <paramref name="wanted"/> tables alike, and no others of the same modules.</summary>
    /// <exception cref="BackupException">It has not.</exception>
    public static void CheckShapes(
        string store, IReadOnlyList<TableShape> wanted, IReadOnlyList<TableShape> there, IReadOnlyList<MigrationSet> sets)
    {
        foreach (var table in wanted)
        {
            var other = there.FirstOrDefault(other => other.Name == table.Name)
                ?? throw new BackupException($"{store} lacks the table {table.Name}, although its migrations are noted as applied. Restore it from a backup.");
            CheckColumns(store, table);
            CheckColumns(store, other);
            if (!AreAlike(table, other))
                throw new BackupException(
                    $"The table {table.Name} of {store} has the columns {Columns(other)}; this program's migrations make {Columns(table)}. " +
                    "Undo what was changed by hand.");
        }

        var extra = there.FirstOrDefault(other =>
            other.Name != StoreTables.Migrations
            && sets.Any(set => other.Name.StartsWith(set.Module + "_", StringComparison.Ordinal))
            && !wanted.Any(table => table.Name == other.Name));
        if (extra is not null)
            throw new BackupException($"{store} has a table {extra.Name} that this program's migrations do not make. Move it out of the way, or rename it.");
    }

    /// <returns>Whether both have the same columns of the same types, in whatever order.</returns>
    public static bool AreAlike(TableShape one, TableShape other) =>
        one.Columns.Select(column => (column.Name, column.Type)).ToHashSet()
            .SetEquals(other.Columns.Select(column => (column.Name, column.Type)));

    private static void CheckColumns(string store, TableShape table)
    {
        foreach (var column in table.Columns.Where(column => column.Type is null))
            throw new BackupException(
                $"{store}: {table.Name}.{column.Name} is of the type {column.DeclaredType}, which cannot be copied between engines without loss. " +
                "The types that can are BIGINT, TEXT, BYTEA, BOOLEAN and DOUBLE PRECISION.");
    }

    private static string Columns(TableShape table) =>
        string.Join(", ", table.Columns.Select(column => $"{column.Name} {column.DeclaredType}").Order(StringComparer.Ordinal));
}
