using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rally.Ledger;
using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;
using Rally.Storage;
using Rally.Storage.Migrations;

namespace Rally.Webhooks.Tests.Crashes;

/// <summary>A network that posts transfers of some coins as fast as it may and delivers them, until the process is killed.</summary>
internal static class DeliveringProcess
{
    /// <summary>Those there are transfers of; they are launched before the first run.</summary>
    public static readonly string[] Coins = ["PTM", "ALLIE", "KSK", "DUBZ"];

    public static readonly Guid Creator = new("00000000-0000-0000-0000-00000000c0de");

    /// <summary>Ledger and webhooks on a store, without a web server.</summary>
    public static async Task<IHost> BuildAsync(string setting, string keys)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddStorage(setting).AddLedger(options => options.AuthorityKeysFolder = Path.Combine(keys, "authority"));
        builder.Services.AddWebhooks(options => options.AllowPrivateAddresses = true);
        builder.Services.AddDataProtection().PersistKeysToFileSystem(new DirectoryInfo(keys));
        var host = builder.Build();
        await host.Services.GetRequiredService<Migrator>().RunAsync();
        return host;
    }

    public static async Task RunAsync(string setting, string keys)
    {
        var host = await BuildAsync(setting, keys);
        await host.StartAsync();
        var writer = host.Services.GetRequiredService<LedgerWriter>();
        await Task.WhenAll(Coins.Select(coin => PostAsync(writer, coin)));
        Console.WriteLine("delivering");
        await Task.WhenAll(Coins.Select(async coin =>
        {
            while (true)
            {
                await PostAsync(writer, coin);
                await Task.Delay(1); // leaves a processor to the deliveries
            }
        }));
    }

    private static async Task PostAsync(LedgerWriter writer, string coin)
    {
        var order = new TransferOrder(
            Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), AccountKey.Of(Creator, coin), AccountKey.Of(Guid.NewGuid(), coin), new Amount(1), TransferKind.Transfer);
        if (await writer.SubmitAsync(new PostCommand(order), default) is not PostResult.Posted)
            throw new InvalidOperationException("A transfer was refused.");
    }
}
