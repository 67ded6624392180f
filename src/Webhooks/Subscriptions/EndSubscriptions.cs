using Dapper;
using Microsoft.Extensions.Logging;
using Rally.Storage;

namespace Rally.Webhooks.Subscriptions;

/// <summary>
/// Ends what clients that are gone have subscribed to. Nobody tells this module when a client goes, so it asks; deliveries to such a
/// client have ended before, for they ask too.
/// </summary>
internal sealed partial class EndSubscriptions(
    Database database, ISubscribers subscribers, RemoveEndpoint remove, ILogger<EndSubscriptions> log)
{
    /// <returns>How many subscriptions ended.</returns>
    public async Task<int> RunOnceAsync(CancellationToken stop)
    {
        var ended = 0;
        if (subscribers is EverySubscriber)
            return ended;
        var clients = (await database.ReadAsync(connection => connection.QueryAsync<string>(
            "SELECT client_id FROM webhook_endpoint UNION SELECT client_id FROM webhook_approval"), stop)).AsList();
        foreach (var (client, state) in await subscribers.FindAsync(clients, stop))
        {
            if (state != SubscriberState.Gone)
                continue;
            foreach (var id in await database.ReadAsync(connection => connection.QueryAsync<Guid>(
                "SELECT id FROM webhook_endpoint WHERE client_id = @client", new { client }), stop))
                ended += await remove.ExecuteAsync(new(client, id), stop) ? 1 : 0;
            await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
                "DELETE FROM webhook_approval WHERE client_id = @client", new { client }, transaction), stop);
            LogEnded(client);
        }

        return ended;
    }

    [LoggerMessage(LogLevel.Information, "The client {Client} is gone, and its webhook subscriptions with it")]
    private partial void LogEnded(string client);
}
