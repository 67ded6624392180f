using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rally.Storage;
using Rally.Webhooks.Subscriptions;

namespace Rally.Webhooks.Deliveries;

/// <summary>Keeps one pump running for every endpoint that is not disabled.</summary>
internal sealed partial class DeliveryDispatcher(
    Database database, EndpointChanges changes, SecretVault vault, FeedTail tail, Lanes lanes, DeliverySender sender,
    ProgressWriter writer, AttemptLog attempts, RetrySchedule schedule, SubscriberStates subscribers, TimeProvider time,
    ILogger<DeliveryDispatcher> log) : BackgroundService
{
    private static readonly TimeSpan AfterOutage = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PruneEvery = TimeSpan.FromHours(1);

    private readonly Dictionary<Guid, Running> _running = [];

    /// <summary>
    /// Stops deliveries and stores how far they came. When <paramref name="cancellationToken"/> ends first, what is
    /// not stored is delivered again after the next start.
    /// </summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await writer.FlushAsync(cancellationToken);
        }
        catch (Exception failure)
        {
            LogNotStored(failure);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var following = tail.RunAsync(stoppingToken);
        var writing = writer.RunAsync(stoppingToken);
        var pruning = PruneAsync(stoppingToken);
        try
        {
            await StartStoredAsync(null, stoppingToken);
            await foreach (var id in changes.ReadAllAsync(stoppingToken))
                await ReplaceAsync(id, stoppingToken);
        }
        finally
        {
            var ends = _running.Values.Select(running => running.Ended).Append(following).Append(writing).Append(pruning);
            await Task.WhenAll(ends).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task PruneAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(PruneEvery, time);
        do
        {
            try
            {
                await attempts.PruneAsync(stop);
            }
            catch (System.Data.Common.DbException outage)
            {
                LogNotPruned(outage);
            }
        }
        while (await timer.WaitForNextTickAsync(stop));
    }

    private async Task ReplaceAsync(Guid id, CancellationToken stop)
    {
        if (_running.Remove(id, out var old))
            await old.EndAsync();
        await StartStoredAsync(id, stop);
    }

    /// <summary>Starts an endpoint, or all of them, as the store has them; an outage of the store is waited out.</summary>
    private async Task StartStoredAsync(Guid? id, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await writer.FlushAsync(stop);
                foreach (var (endpoint, keys) in await LoadAsync(id, stop))
                    Start(endpoint, DeliveryTarget.Of(endpoint, keys, vault), stop);
                return;
            }
            catch (Exception outage) when (!stop.IsCancellationRequested)
            {
                LogOutage(outage);
                await Task.Delay(AfterOutage, time, stop);
            }
        }
    }

    private void Start(Endpoint endpoint, DeliveryTarget target, CancellationToken stop)
    {
        var pump = new EndpointPump(endpoint, target, tail, lanes, sender, writer, schedule, subscribers, time, log);
        var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _running.Add(endpoint.Id, new(Task.Run(PumpAsync, CancellationToken.None), ending));

        async Task PumpAsync()
        {
            using (target)
                await pump.RunAsync(ending.Token);
        }
    }

    private Task<List<(Endpoint, IEnumerable<EndpointKey>)>> LoadAsync(Guid? id, CancellationToken stop) => database.ReadAsync(async connection =>
    {
        var which = new { id = id ?? Guid.Empty, all = id is null ? 1L : 0L };
        var endpoints = await connection.QueryAsync<Endpoint>(new CommandDefinition(
            $"SELECT {Endpoint.Columns} FROM webhook_endpoint WHERE disabled_at IS NULL AND (id = @id OR @all = 1)", which, cancellationToken: stop));
        var keys = (await EndpointKey.ReadAsync(connection, id, stop)).ToLookup(key => key.EndpointId);
        return endpoints.Select(endpoint => (endpoint, keys[endpoint.Id])).ToList();
    }, stop);

    private sealed record Running(Task Ended, CancellationTokenSource Ending)
    {
        public async Task EndAsync()
        {
            await Ending.CancelAsync();
            await Ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Ending.Dispose();
        }
    }

    [LoggerMessage(LogLevel.Error, "Webhook endpoints cannot be loaded; trying again")]
    private partial void LogOutage(Exception outage);

    [LoggerMessage(LogLevel.Error, "Old attempts at webhooks cannot be deleted; trying again in an hour")]
    private partial void LogNotPruned(Exception outage);

    [LoggerMessage(LogLevel.Warning, "Progress of deliveries was not stored before the end; some will be delivered again")]
    private partial void LogNotStored(Exception failure);
}
