using Dapper;
using Rally.Ledger.Journal;
using Rally.Storage;
using Rally.Webhooks.Deliveries;

namespace Rally.Webhooks.Subscriptions;

/// <summary>A client's endpoints and how their deliveries stand.</summary>
internal sealed class ReadEndpoints(Database database, ITransferFeed feed, ProgressWriter progress)
{
    /// <param name="ClientId">Whose endpoints.</param>
    /// <param name="Id">Only this one; null for all.</param>
    public sealed record Request(string ClientId, Guid? Id = null);

    /// <param name="Endpoint">As it stands, deliveries of this moment included.</param>
    /// <param name="LastPosition">The log's last position.</param>
    /// <param name="DeadLetters">How many events were given up.</param>
    public sealed record Status(Endpoint Endpoint, long LastPosition, long DeadLetters)
    {
        /// <summary>How many places of the log are still to be dealt with.</summary>
        public long Lag => Math.Max(0, LastPosition - Endpoint.Position);
    }

    public async Task<IReadOnlyList<Status>> ExecuteAsync(Request request, CancellationToken stop)
    {
        var last = await feed.LastPositionAsync(stop);
        var endpoints = await database.ReadAsync(connection => connection.QueryAsync<Endpoint>(new CommandDefinition($"""
            SELECT {Endpoint.Columns} FROM webhook_endpoint
            WHERE client_id = @ClientId AND (id = @Id OR @all = 1) ORDER BY id
            """, new { request.ClientId, Id = request.Id ?? Guid.Empty, all = request.Id is null ? 1L : 0L }, cancellationToken: stop)), stop);
        var dead = (await database.ReadAsync(connection => connection.QueryAsync<DeadCount>(new CommandDefinition("""
            SELECT d.endpoint_id AS endpoint_id, COUNT(*) AS number FROM webhook_dead_letter d
            JOIN webhook_endpoint e ON e.id = d.endpoint_id
            WHERE e.client_id = @ClientId GROUP BY d.endpoint_id
            """, new { request.ClientId }, cancellationToken: stop)), stop)).ToDictionary(row => row.EndpointId, row => row.Number);
        return [.. endpoints.Select(endpoint => new Status(progress.Latest(endpoint), last, dead.GetValueOrDefault(endpoint.Id)))];
    }

    private sealed record DeadCount
    {
        public required Guid EndpointId { get; init; }

        public required long Number { get; init; }
    }
}
