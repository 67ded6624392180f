using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Rally.Storage.Backups;
using Rally.Storage.Changes;
using Rally.Storage.Migrations;

namespace Rally.Storage;

/// <summary>Registers the store.</summary>
public static class StorageModule
{
    /// <summary>Opens <paramref name="setting"/> when first needed; for both parameters see <see cref="Database.Open"/>.</summary>
    public static IServiceCollection AddStorage(this IServiceCollection services, string setting, bool allowUnsafePostgres = false)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(_ => Database.Open(setting, allowUnsafePostgres));
        services.AddSingleton<Migrator>();
        services.AddSingleton(provider => new TakeBackup(
            setting, provider.GetServices<MigrationSet>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new RestoreBackup(
            setting, provider.GetServices<MigrationSet>(), provider.GetRequiredService<TimeProvider>(), allowUnsafePostgres));
        return services;
    }

    /// <summary>Adds the <see cref="Outbox"/> and its table, once, however many modules write to it.</summary>
    public static IServiceCollection AddOutbox(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(Outbox)))
            return services;
        return services.AddMigrations("storage", typeof(StorageModule).Assembly).AddSingleton<Outbox>();
    }

    /// <summary>Adds a module's embedded SQL files to what <see cref="Migrator"/> applies at start.</summary>
    public static IServiceCollection AddMigrations(this IServiceCollection services, string module, Assembly assembly) =>
        services.AddSingleton(new MigrationSet(module, assembly));
}
