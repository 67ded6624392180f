using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Rally.Ledger.Coins;
using Rally.Ledger.Journal;
using Rally.Ledger.Store;
using Rally.Storage;

namespace Rally.Ledger;

/// <summary>Registers the ledger: coins, accounts, transfers and their feed.</summary>
public static class LedgerModule
{
    /// <summary>Adds the ledger on the store that <see cref="StorageModule.AddStorage"/> opens.</summary>
    public static IServiceCollection AddLedger(this IServiceCollection services, Action<LedgerOptions>? configure = null)
    {
        services.AddOptions<LedgerOptions>().Configure(configure ?? (_ => { })).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddMigrations("ledger", typeof(LedgerModule).Assembly);
        services.AddSingleton<JournalStore>(provider =>
            provider.GetRequiredService<Database>().Engine == Engine.Sqlite ? new SqliteJournal() : new PostgresJournal());
        services.AddSingleton<CommitSignal>();
        services.AddSingleton<LedgerWriter>();
        services.AddHostedService(provider => provider.GetRequiredService<LedgerWriter>());
        services.AddSingleton<ITransferFeed, TransferFeed>();
        services.AddSingleton(provider => new LaunchCoin(
            provider.GetRequiredService<LedgerWriter>(), provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
