using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rally.Storage;
using Rally.Webhooks.Subscriptions;

namespace Rally.Webhooks.Deliveries;

/// <summary>Keeps one pump running for every endpoint that is not disabled.</summary>
internal sealed partial class DeliveryDispatcher(
    Database database, EndpointChanges changes, FeedTail tail, Lanes lanes, DeliverySender sender, ProgressWriter writer,
    RetrySchedule schedule, ISubscribers subscribers, TimeProvider time, ILogger<DeliveryDispatcher> log) : BackgroundService
{
    private static readonly TimeSpan AfterOutage = TimeSpan.FromSeconds(1);

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
        try
        {
            await StartStoredAsync(null, stoppingToken);
            await foreach (var id in changes.ReadAllAsync(stoppingToken))
                await ReplaceAsync(id, stoppingToken);
        }
        finally
        {
            var ends = _running.Values.Select(running => running.Ended).Append(following).Append(writing);
            await Task.WhenAll(ends).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
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
                foreach (var endpoint in await LoadAsync(id, stop))
                    Start(endpoint, stop);
                return;
            }
            catch (Exception outage) when (!stop.IsCancellationRequested)
            {
                LogOutage(outage);
                await Task.Delay(AfterOutage, time, stop);
            }
        }
    }

    private void Start(Endpoint endpoint, CancellationToken stop)
    {
        var pump = new EndpointPump(endpoint, tail, lanes, sender, writer, schedule, subscribers, time, log);
        var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _running.Add(endpoint.Id, new(Task.Run(() => pump.RunAsync(ending.Token), CancellationToken.None), ending));
    }

    private async Task<IReadOnlyList<Endpoint>> LoadAsync(Guid? id, CancellationToken stop) =>
        [.. await database.ReadAsync(connection => connection.QueryAsync<Endpoint>(new CommandDefinition($"""
            SELECT {Endpoint.Columns} FROM webhook_endpoint
            WHERE disabled_at IS NULL AND (id = @id OR @all = 1)
            """, new { id = id ?? Guid.Empty, all = id is null ? 1L : 0L }, cancellationToken: stop)), stop)];

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

    [LoggerMessage(LogLevel.Warning, "Progress of deliveries was not stored before the end; some will be delivered again")]
    private partial void LogNotStored(Exception failure);
}
