using Dapper;
using Rally.Testing;
using Xunit;

namespace Rally.Storage.Tests;

public sealed class TypeHandlerTests
{
    private sealed record Row(long Number, string ShortName, Guid Id, Guid? OtherId, DateTimeOffset BornAt, DateTimeOffset? DiedAt, byte[]? Seal);

    [Theory, EachEngine]
    public async Task Ids_times_bytes_and_nulls_come_back_as_they_went(Engine engine)
    {
        await using var test = await TestDatabase.CreateAsync(engine);
        await using var database = await OpenWithRowsAsync(test);
        var born = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(2));
        Row[] rows =
        [
            new(1, "nulls first", Guid.CreateVersion7(born), null, born, null, null),
            new(long.MaxValue, "ärlig", Guid.Empty, Guid.CreateVersion7(born), DateTimeOffset.UnixEpoch, born, [0, 255, 7]),
        ];

        await InsertAsync(database, rows);
        var read = (await database.ReadAsync(connection => connection.QueryAsync<Row>("SELECT * FROM row ORDER BY number"))).ToArray();

        Assert.Equal(rows.Select(row => row with { Seal = null }), read.Select(row => row with { Seal = null }));
        Assert.Equal(rows.Select(row => row.Seal), read.Select(row => row.Seal));
        Assert.All(read, row => Assert.Equal(TimeSpan.Zero, row.BornAt.Offset));
    }

    [Theory, EachEngine]
    public async Task Ids_made_in_order_of_time_sort_in_order_of_time(Engine engine)
    {
        await using var test = await TestDatabase.CreateAsync(engine);
        await using var database = await OpenWithRowsAsync(test);
        var clock = new FakeClock();
        var rows = Enumerable.Range(0, 300).Select(number =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(1 + (number * number)));
            return new Row(number, "", Guid.CreateVersion7(clock.GetUtcNow()), null, clock.GetUtcNow(), null, null);
        }).ToArray();
        var shuffled = rows.ToArray();
        new Random(7).Shuffle(shuffled);

        await InsertAsync(database, shuffled);
        var byId = await database.ReadAsync(connection => connection.QueryAsync<long>("SELECT number FROM row ORDER BY id"));

        Assert.Equal(rows.Select(row => row.Number), byId);
    }

    [Theory, EachEngine]
    public async Task Rows_are_found_by_id_by_time_and_by_null(Engine engine)
    {
        await using var test = await TestDatabase.CreateAsync(engine);
        await using var database = await OpenWithRowsAsync(test);
        var clock = new FakeClock();
        var row = new Row(1, "one", Guid.CreateVersion7(clock.GetUtcNow()), null, clock.GetUtcNow(), null, null);
        await InsertAsync(database, [row]);

        var found = await database.ReadAsync(connection => connection.QuerySingleAsync<Row>(
            "SELECT * FROM row WHERE id = @Id AND born_at = @BornAt AND other_id IS NULL AND died_at IS NULL", row));

        Assert.Equal(row, found);
    }

    private static async Task<Database> OpenWithRowsAsync(TestDatabase test)
    {
        var database = Database.Open(test.Setting);
        await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("""
            CREATE TABLE row (
              number     BIGINT NOT NULL PRIMARY KEY,
              short_name TEXT   NOT NULL,
              id         BYTEA  NOT NULL UNIQUE,
              other_id   BYTEA,
              born_at    BIGINT NOT NULL,
              died_at    BIGINT,
              seal       BYTEA)
            """, transaction: transaction));
        return database;
    }

    private static Task InsertAsync(Database database, IEnumerable<Row> rows) =>
        database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("""
            INSERT INTO row (number, short_name, id, other_id, born_at, died_at, seal)
            VALUES (@Number, @ShortName, @Id, @OtherId, @BornAt, @DiedAt, @Seal)
            """, rows, transaction));
}
