using Dapper;
using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests;

/// <summary>A store of the first version keeps everything it had.</summary>
public sealed class MigrationTests
{
    [Theory, EachEngine]
    public async Task A_ledger_of_the_first_version_goes_on(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        var (creator, fan, id) = (Guid.NewGuid(), Guid.NewGuid(), Guid.CreateVersion7(DateTimeOffset.UnixEpoch));
        await using (var database = Database.Open(store.Setting))
            await FirstVersionAsync(database, creator, fan, id);

        await using var ledger = await TestLedger.OpenAsync(store.Setting);

        Assert.Equal(2, await ledger.CheckAsync());
        Assert.Equal(Amount.Coins(940), (await ledger.BalancesAsync(creator))["PTM"]);
        var log = await ledger.Feed.ReadAsync(0, 10, default);
        Assert.Equal([("issue", ""), ("transfer", "for a drawing")], log.Select(entry => (entry.Kind, entry.Note)));
        var again = await ledger.PostAsync(new TransferOrder(
            id, AccountKey.Of(creator, "PTM"), AccountKey.Of(fan, "PTM"), Amount.Coins(60), TransferKind.Transfer, "for a drawing"));
        Assert.True(Assert.IsType<PostResult.Posted>(again).Repeated);
        await ledger.PostedAsync(ledger.Order(fan, creator, 60));
        Assert.Equal(3, await ledger.CheckAsync());
    }

    /// <summary>What the first version's program left behind.</summary>
    private static Task FirstVersionAsync(Database database, Guid creator, Guid fan, Guid id) => database.WriteAsync(async transaction =>
    {
        var (connection, at) = (transaction.Connection!, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds());
        var name = $"migrations/0001-journal.{(database.Engine == Engine.Sqlite ? "sqlite" : "postgres")}.sql";
        var assembly = typeof(LedgerModule).Assembly;
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        var sql = (await reader.ReadToEndAsync()).ReplaceLineEndings("\n");
        await connection.ExecuteAsync(sql, transaction: transaction);
        await connection.ExecuteAsync("""
            CREATE TABLE storage_migration (
              module TEXT NOT NULL, number BIGINT NOT NULL, name TEXT NOT NULL, hash TEXT NOT NULL, applied_at BIGINT NOT NULL,
              PRIMARY KEY (module, number))
            """, transaction: transaction);
        await connection.ExecuteAsync(
            "INSERT INTO storage_migration VALUES ('ledger', 1, 'journal', @hash, 0)",
            new { hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(sql))) },
            transaction);
        await connection.ExecuteAsync("INSERT INTO ledger_coin VALUES ('PTM', 'Potemkin', @creator, 1000000000, @at)", new { creator, at }, transaction);
        await connection.ExecuteAsync("""
            INSERT INTO ledger_account (id, holder, coin, kind, balance) VALUES
              (1, NULL, 'PTM', 'mint', -1000000000), (2, @creator, 'PTM', 'holder', 940000000), (3, @fan, 'PTM', 'holder', 60000000)
            """, new { creator, fan }, transaction);
        await connection.ExecuteAsync("""
            INSERT INTO ledger_transfer
              (position, id, debit_account, credit_account, coin, amount, kind, note, posted_at, debit_balance, credit_balance) VALUES
              (1, @issue, 1, 2, 'PTM', 1000000000, 'issue', '', @at, -1000000000, 1000000000),
              (2, @id, 2, 3, 'PTM', 60000000, 'transfer', 'for a drawing', @at, 940000000, 60000000)
            """, new { issue = Guid.CreateVersion7(DateTimeOffset.UnixEpoch), id, at }, transaction);
    });
}
