using System.Net;
using Dapper;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rally.Ledger;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Journal;
using Rally.Storage;
using Rally.Storage.Migrations;
using Rally.Testing;
using Rally.Webhooks;
using Rally.Webhooks.Deliveries;
using Rally.Webhooks.Events;
using Rally.Webhooks.Network;
using Rally.Webhooks.Subscriptions;

namespace Rally.Bench.Deliveries;

/// <summary>Ledger and webhooks as the host composes them, on SQLite; deliveries run between <see cref="StartAsync"/> and <see cref="StopAsync"/>.</summary>
internal sealed class BenchNetwork(string folder) : IAsyncDisposable
{
    private const int EndpointsEachClient = 100;

    private static readonly Guid Creator = new("00000000-0000-0000-0000-00000000c0de");

    private IHost? _host;

    private IServiceProvider Services => _host!.Services;

    /// <summary>Opens the store; nothing is delivered yet.</summary>
    public async Task OpenAsync()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddStorage($"sqlite:{folder}/rally.db").AddLedger(options => options.AuthorityKeysFolder = $"{folder}/authority");
        builder.Services.AddWebhooks(options => options.AllowPrivateAddresses = true);
        builder.Services.AddDataProtection().PersistKeysToFileSystem(new DirectoryInfo($"{folder}/keys"));
        // Any name is this machine, so that endpoints can have hosts of their own as they have outside.
        builder.Services.AddSingleton(provider => new GuardedConnector(provider.GetRequiredService<AddressGuard>())
        {
            Resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]),
        });
        _host = builder.Build();
        await Services.GetRequiredService<Migrator>().RunAsync();
    }

    public Task StartAsync() => _host!.StartAsync();

    public async Task StopAsync()
    {
        await _host!.StopAsync();
        await DisposeAsync();
    }

    public async Task LaunchAsync(string symbol)
    {
        var launched = await Services.GetRequiredService<LaunchCoin>().ExecuteAsync(
            LaunchCoin.Request.Fixed(symbol, symbol, Creator, Amount.Coins(1_000_000_000)), default);
        if (launched is not LaunchCoin.Result.Launched)
            throw new InvalidOperationException($"{launched}");
    }

    /// <summary>Endpoints of all transfers from now on, or of one coin's each.</summary>
    public async Task<IReadOnlyList<Guid>> SubscribeAsync(IEnumerable<(Uri Url, string? Coin)> wanted)
    {
        var create = Services.GetRequiredService<CreateEndpoint>();
        var ids = new List<Guid>();
        foreach (var (url, coin) in wanted)
        {
            var request = new CreateEndpoint.Request($"client{ids.Count / EndpointsEachClient}", url.ToString(), [EventType.TransferPosted], coin is null ? null : [coin], null);
            ids.Add(await create.ExecuteAsync(request, default) is CreateEndpoint.Result.Created created
                ? created.Endpoint.Id
                : throw new InvalidOperationException("An endpoint of the benchmark was refused."));
        }

        return ids;
    }

    /// <summary>Posts a transfer; its id once it is durable.</summary>
    public async Task<Guid> PostAsync(string coin)
    {
        var id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        var order = new TransferOrder(
            id, AccountKey.Of(Creator, coin), AccountKey.Of(Guid.Parse("00000000-0000-0000-0000-0000000000fa"), coin), new Amount(1), TransferKind.Transfer);
        var answer = await Services.GetRequiredService<LedgerWriter>().SubmitAsync(new PostCommand(order), default);
        return answer is PostResult.Posted ? id : throw new InvalidOperationException($"A transfer of the benchmark was not posted: {answer}");
    }

    public Task PostAsync(string coin, int transfers) => Task.WhenAll(Enumerable.Range(0, transfers).Select(_ => PostAsync(coin)));

    public Task<IReadOnlyList<TransferPosted>> LogAsync(long after, int limit) =>
        Services.GetRequiredService<ITransferFeed>().ReadAsync(after, limit, default);

    public Task<long> LastPositionAsync() => Services.GetRequiredService<ITransferFeed>().LastPositionAsync(default);

    /// <summary>As if nothing after this place had been delivered to anybody.</summary>
    public Task PutBackAsync(long position) => Services.GetRequiredService<Database>().WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
        "UPDATE webhook_endpoint SET position = @position; DELETE FROM webhook_attempt_page", new { position }, transaction));

    /// <summary>Waits until so many endpoints have stored that they are at a place of the log, or past it.</summary>
    public Task StoredAsync(long position, int endpoints) => Eventually.TrueAsync(
        async () => await Services.GetRequiredService<Database>().ReadAsync(connection => connection.ExecuteScalarAsync<long>(
            "SELECT COUNT(*) FROM webhook_endpoint WHERE position >= @position", new { position })) >= endpoints,
        "all endpoints have stored that they have everything", TimeSpan.FromMinutes(10));

    public async ValueTask DisposeAsync()
    {
        if (_host is IAsyncDisposable host)
            await host.DisposeAsync();
        _host = null;
    }
}
