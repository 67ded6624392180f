using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;
using Rally.Ledger.Tests.Crashes;
using Rally.Storage;
using Rally.Storage.Backups;
using Rally.Storage.Migrations;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests;

/// <summary>Balances that SQLite keeps apart from the others for a while; the simulator has them moved at every moment.</summary>
public sealed class RecentBalanceTests
{
    private const string Count = "SELECT count(*) FROM ledger_balance_recent";

    [Fact]
    public async Task They_are_moved_to_the_others_when_there_are_too_many()
    {
        await using var ledger = await TestLedger.CreateAsync(Engine.Sqlite);
        var creator = await ledger.LaunchAsync("PTM", 1_000);
        var fans = Enumerable.Range(0, 30).Select(_ => Guid.NewGuid()).ToList();
        // It moves what is more than 20.
        await using var writer = PostingProcess.Writer(ledger.Database);
        var most = 0L;
        for (var round = 0; round < 3; round++)
        {
            foreach (var fan in fans)
            {
                Assert.IsType<PostResult.Posted>(await writer.SubmitAsync(new PostCommand([ledger.Order(creator, fan, 1)]), default));
                most = Math.Max(most, await ledger.Database.ReadAsync(connection => connection.ExecuteScalarAsync<long>(Count)));
            }
        }

        Assert.InRange(most, 2, 20);
        foreach (var fan in fans)
            Assert.Equal(Amount.Coins(3), (await ledger.BalancesAsync(fan))["PTM"]);
        await ledger.CheckAsync();
    }

    [Theory]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(70)]
    public async Task However_many_one_batch_changes_all_are_saved(int count)
    {
        await using var ledger = await TestLedger.CreateAsync(Engine.Sqlite);
        var creator = await ledger.LaunchAsync("PTM", 1_000);
        var fans = Enumerable.Range(0, count).Select(_ => Guid.NewGuid()).ToList();
        await using var writer = PostingProcess.Writer(ledger.Database);
        for (var round = 0; round < 3; round++)
        {
            LedgerCommand[] commands = [.. fans.Select(fan => new PostCommand([ledger.Order(creator, fan, 1)]))];
            Assert.All(await writer.SubmitAsync(commands, default), answer => Assert.IsType<PostResult.Posted>(answer));
        }

        foreach (var fan in fans)
            Assert.Equal(Amount.Coins(3), (await ledger.BalancesAsync(fan))["PTM"]);
        await ledger.CheckAsync();
    }

    [Theory, EachEngine]
    public async Task A_backup_takes_them_along_and_either_engine_goes_on_from_them(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(Engine.Sqlite);
        var creator = await ledger.LaunchAsync("PTM", 1_000);
        var fan = Guid.NewGuid();
        await ledger.PostedAsync(ledger.Order(creator, fan, 10));
        await ledger.PostedAsync(ledger.Order(creator, fan, 10));
        using var folder = new TemporaryFolder();
        var backup = Path.Combine(folder.Path, "backup");
        await ledger.Inside<TakeBackup>().ExecuteAsync(new(backup, []));

        await using var store = await TestDatabase.CreateAsync(engine);
        await new RestoreBackup(store.Setting, ledger.Services.GetServices<MigrationSet>(), ledger.Clock).ExecuteAsync(new(backup, []));
        await using var restored = await TestLedger.OpenAsync(store.Setting);
        Assert.Equal(2, await restored.Database.ReadAsync(connection => connection.ExecuteScalarAsync<long>(Count)));
        Assert.Equal(Amount.Coins(20), (await restored.BalancesAsync(fan))["PTM"]);
        await restored.CheckAsync();

        await restored.PostedAsync(restored.Order(fan, creator, 5));
        await restored.PostedAsync(restored.Order(fan, creator, 5));

        Assert.Equal(engine == Engine.Sqlite ? 2 : 0, await restored.Database.ReadAsync(connection => connection.ExecuteScalarAsync<long>(Count)));
        Assert.Equal(Amount.Coins(10), (await restored.BalancesAsync(fan))["PTM"]);
        await restored.CheckAsync();
    }
}
