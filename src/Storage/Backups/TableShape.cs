namespace Rally.Storage.Backups;

/// <summary>A column as its engine declares it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DeclaredType">The type's name in that engine.</param>
/// <param name="Type">Null when it is none that can be copied without loss.</param>
internal sealed record ColumnShape(string Name, string DeclaredType, ColumnType? Type);

/// <summary>What must be known of a table to copy it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Columns">In the order in which they are declared; generated ones are left out.</param>
/// <param name="Key">The primary key's columns in order; empty when there is none.</param>
/// <param name="Parents">The tables it references.</param>
internal sealed record TableShape(
    string Name, IReadOnlyList<ColumnShape> Columns, IReadOnlyList<string> Key, IReadOnlyList<string> Parents)
{
    /// <summary>The table's quoted name.</summary>
    public string Sql => Quote(Name);

    /// <summary>Its quoted columns, separated by commas.</summary>
    public string ColumnsSql => string.Join(", ", Columns.Select(column => Quote(column.Name)));

    /// <summary>The columns that order its rows, all of them when it has no key.</summary>
    public IEnumerable<ColumnShape> Order =>
        Key.Count == 0 ? Columns : Key.Select(name => Columns.First(column => column.Name == name));

    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>Orders tables so that each comes after those it references; of tables in a circle, the first by name goes first.</summary>
    public static IReadOnlyList<TableShape> ParentsFirst(IEnumerable<TableShape> tables)
    {
        var waiting = tables.OrderBy(table => table.Name, StringComparer.Ordinal).ToList();
        var ordered = new List<TableShape>();
        while (waiting.Count > 0)
        {
            var next = waiting.Find(table => !table.Parents.Any(parent => parent != table.Name && waiting.Exists(other => other.Name == parent)))
                ?? waiting[0];
            waiting.Remove(next);
            ordered.Add(next);
        }

        return ordered;
    }
}
