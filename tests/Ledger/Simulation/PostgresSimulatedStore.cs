using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Rally.Ledger.Journal;
using Rally.Ledger.Store;
using Rally.Storage;
using Rally.Storage.Migrations;
using Rally.Testing;

namespace Rally.Ledger.Tests.Simulation;

/// <summary>A PostgreSQL database, emptied for each seed, on which two processes take turns.</summary>
internal sealed class PostgresSimulatedStore : SimulatedStore
{
    private readonly TestDatabase _database;

    private PostgresSimulatedStore(TestDatabase database) => _database = database;

    public override IReadOnlyList<Fault> Faults =>
        [Fault.BeforeTransaction, Fault.InTransaction, Fault.AtStatement, Fault.BeforeCommit, Fault.ConnectionLost, Fault.AfterCommit];

    public override int Processes => 2;

    public static async Task<PostgresSimulatedStore> CreateAsync()
    {
        var store = new PostgresSimulatedStore(await TestDatabase.CreateAsync(Engine.Postgres));
        await using var services = new ServiceCollection().AddLogging().AddStorage(store._database.Setting).AddLedger().BuildServiceProvider();
        await services.GetRequiredService<Migrator>().RunAsync();
        await store.ExecuteAsync(StatementFaults.OfPostgres.Triggers);
        return store;
    }

    public override Task ResetAsync() => ExecuteAsync("""
        DELETE FROM ledger_transfer;
        DELETE FROM ledger_hold;
        DELETE FROM ledger_balance_recent;
        DELETE FROM ledger_balance_settled;
        DELETE FROM ledger_account;
        DELETE FROM ledger_coin WHERE symbol <> 'RLY';
        """);

    public override (FaultyDatabase Database, JournalStore Journal) Open(Random random) =>
        (new FaultyDatabase(Database.Open(_database.Setting), new StatementFaults.OfPostgres()), new PostgresJournal());

    public override ValueTask DisposeAsync() => _database.DisposeAsync();

    private async Task ExecuteAsync(string sql)
    {
        await using var database = Database.Open(_database.Setting);
        await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(sql, transaction: transaction));
    }
}
