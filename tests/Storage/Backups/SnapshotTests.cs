using System.Globalization;
using Dapper;
using Rally.Storage.Backups;
using Rally.Testing;
using Xunit;

namespace Rally.Storage.Tests.Backups;

/// <summary>A backup taken while another process writes shows one moment.</summary>
public sealed class SnapshotTests
{
    [Theory, EachEngine]
    public async Task Coins_that_move_between_two_tables_all_the_time_are_all_in_the_backup(Engine engine)
    {
        await using var zoo = await BackupZoo.NewAsync(engine);
        var sum = await FillAsync(zoo);
        using var writer = ChildProcess.Start("move", zoo.Setting);
        var moments = new HashSet<long>();

        for (var i = 0; i < 5; i++)
        {
            await writer.ReadLineAsync();
            var taken = await zoo.BackupAsync(zoo.In($"backup-{i}"), Program.Purses);
            await using var file = Database.Open($"sqlite:{taken.Folder}/rally.db");
            var (left, right, moves) = await file.ReadAsync(connection => connection.QuerySingleAsync<(long, long, long)>(
                "SELECT (SELECT sum(coins) FROM purse_a), (SELECT sum(coins) FROM purse_z), (SELECT count(*) FROM purse_move)"));
            Assert.Equal(sum, left + right);
            Assert.Equal(moves, right); // one coin a move
            moments.Add(moves);
        }

        await writer.KillAsync();
        Assert.Equal(5, moments.Count); // the writer never stood still
    }

    [Theory, EachEngine]
    public async Task The_writer_commits_while_a_backup_is_being_read(Engine engine)
    {
        await using var zoo = await BackupZoo.NewAsync(engine);
        await FillAsync(zoo);
        using var writer = ChildProcess.Start("move", zoo.Setting);
        await writer.ReadLineAsync();
        var seen = 0L;

        await ReadTwiceAsync(zoo.Setting, async () =>
        {
            for (var i = 0; i < 50; i++)
                seen = long.Parse(await writer.ReadLineAsync(), CultureInfo.InvariantCulture);
        });

        Assert.True(seen > 500);
    }

    [Fact]
    public async Task What_a_killed_process_left_in_the_log_is_in_the_backup_and_the_file_is_not_touched()
    {
        await using var zoo = await BackupZoo.NewAsync(Engine.Sqlite);
        await FillAsync(zoo);
        using var writer = ChildProcess.Start("move", zoo.Setting);
        for (var i = 0; i < 20; i++)
            await writer.ReadLineAsync();
        await writer.KillAsync();
        var path = StoreSetting.Parse(zoo.Setting).Target;
        var before = (await File.ReadAllBytesAsync(path), await File.ReadAllBytesAsync(path + "-wal"));
        Assert.NotEmpty(before.Item2);

        var taken = await zoo.BackupAsync(zoo.In("backup"), Program.Purses);

        await using var file = Database.Open($"sqlite:{taken.Folder}/rally.db");
        Assert.True(await file.ReadAsync(connection => connection.ExecuteScalarAsync<long>("SELECT count(*) FROM purse_move")) >= 200);
        Assert.Equal(before.Item1, await File.ReadAllBytesAsync(path));
        Assert.Equal(before.Item2, await File.ReadAllBytesAsync(path + "-wal"));
    }

    private static Task<bool> ReadTwiceAsync(string setting, Func<Task> meanwhile) =>
        StoreSnapshot.ReadAsync(StoreSetting.Parse(setting), async store =>
        {
            var moves = (await store.ShapesAsync(default)).Single(table => table.Name == "purse_move");
            var before = await store.CountAsync(moves, default);
            await meanwhile();
            Assert.Equal(before, await store.CountAsync(moves, default));
            return true;
        }, default);

    private static async Task<long> FillAsync(BackupZoo zoo)
    {
        const int Purses = 20_000;
        await using var database = await zoo.OpenAsync(Program.Purses);
        await database.WriteAsync(async transaction =>
        {
            for (var i = 0; i < Purses; i += 1000)
            {
                foreach (var (table, coins) in new[] { ("a", 1_000_000), ("z", 0) })
                {
                    var values = string.Join(", ", Enumerable.Range(i, 1000).Select(n => string.Create(CultureInfo.InvariantCulture, $"({n}, {coins})")));
                    await transaction.Connection!.ExecuteAsync($"INSERT INTO purse_{table} VALUES {values}", transaction: transaction);
                }
            }
        });
        return Purses * 1_000_000L;
    }
}
