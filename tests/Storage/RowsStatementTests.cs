using Dapper;
using Rally.Testing;
using Xunit;

namespace Rally.Storage.Tests;

public sealed class RowsStatementTests
{
    private static readonly RowsStatement<(long Id, string? Name)> Add = new RowsStatement<(long Id, string? Name)>(
        "INSERT INTO thing (id, name) SELECT r.id, r.name FROM {rows} WHERE NOT EXISTS (SELECT 1 FROM thing t WHERE t.id = r.id)")
        .With("id", row => row.Id)
        .With("name", row => row.Name);

    private static readonly RowsStatement<(long Id, string? Name)> Rename = new RowsStatement<(long Id, string? Name)>(
        "UPDATE thing AS t SET name = r.name FROM {rows} WHERE t.id = r.id")
        .With("id", row => row.Id)
        .With("name", row => row.Name);

    private static readonly RowsStatement<(long Id, string? Name)> Copy = new RowsStatement<(long Id, string? Name)>(
        "INSERT INTO thing (id, name) SELECT t.id + 100, r.name FROM {rows} JOIN thing t ON t.id = r.id")
        .With("id", row => row.Id)
        .With("name", row => row.Name);

    [Theory, EachEngine]
    public async Task It_tells_how_many_rows_it_changed(Engine engine)
    {
        await using var test = await TestDatabase.CreateAsync(engine);
        await using var database = Database.Open(test.Setting);
        await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
            "CREATE TABLE thing (id BIGINT NOT NULL PRIMARY KEY, name TEXT)", transaction: transaction));
        Task<int> RunAsync(RowsStatement<(long Id, string? Name)> statement, params (long Id, string? Name)[] rows) =>
            database.WriteAsync(transaction => statement.ExecuteAsync(transaction, rows, default));

        Assert.Equal(0, await RunAsync(Add));
        Assert.Equal(3, await RunAsync(Add, (1, "one"), (2, "two"), (3, null)));
        Assert.Equal(1, await RunAsync(Add, (3, "again"), (4, "four")));
        Assert.Equal(3, await RunAsync(Rename, (1, "uno"), (2, null), (3, "tres"), (5, "cinco")));
        Assert.Equal(1, await RunAsync(Copy, (1, "a copy"), (9, "of nothing")));

        Assert.Equal(
            [(1, "uno"), (2, null), (3, "tres"), (4, "four"), (101, "a copy")],
            await database.ReadAsync(connection => connection.QueryAsync<(long, string?)>("SELECT id, name FROM thing ORDER BY id")));
    }
}
