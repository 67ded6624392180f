using Dapper;
using Rally.Ledger.Journal;
using Rally.Storage;
using Rally.Webhooks.Deliveries;

namespace Rally.Webhooks.Subscriptions;

/// <summary>A client's endpoints and how their deliveries stand.</summary>
internal sealed class ReadEndpoints(Database database, ITransferFeed feed, ProgressWriter progress, FeedTail tail)
{
    /// <param name="ClientId">Whose endpoints.</param>
    /// <param name="Id">Only this one; null for all.</param>
    public sealed record Request(string ClientId, Guid? Id = null);

    /// <param name="Endpoint">As it stands, deliveries of this moment included.</param>
    /// <param name="LastPosition">The log's last position.</param>
    /// <param name="DeadLetters">How many events were given up.</param>
    /// <param name="LastDeliveredAt">The last delivery of an event among the attempts that are kept.</param>
    public sealed record Status(Endpoint Endpoint, long LastPosition, long DeadLetters, DateTimeOffset? LastDeliveredAt)
    {
        /// <summary>How many places of the log are still to be dealt with.</summary>
        public long Lag => LastPosition - Endpoint.Position;
    }

    public async Task<IReadOnlyList<Status>> ExecuteAsync(Request request, CancellationToken stop)
    {
        var rows = await database.ReadAsync(connection => connection.QueryAsync<Endpoint, Figures, (Endpoint Stored, Figures Figures)>(
            new CommandDefinition($"""
                SELECT {Endpoint.Columns},
                       (SELECT COUNT(*) FROM webhook_dead_letter WHERE endpoint_id = e.id) AS dead_letters,
                       (SELECT p.last_delivered_at FROM webhook_attempt_page AS p
                        WHERE p.endpoint_id = e.id AND p.last_delivered_at IS NOT NULL ORDER BY p.last_id DESC LIMIT 1) AS last_delivered_at
                FROM webhook_endpoint AS e
                WHERE client_id = @ClientId AND (id = @Id OR @all = 1) ORDER BY id
                """, new { request.ClientId, Id = request.Id ?? Guid.Empty, all = request.Id is null ? 1L : 0L }, cancellationToken: stop),
            (endpoint, figures) => (endpoint, figures), splitOn: "dead_letters"), stop);
        var endpoints = rows.Select(row => (Endpoint: Latest(row.Stored), row.Figures)).ToList();
        // Read last, so that no endpoint is ahead of it.
        var last = await feed.LastPositionAsync(stop);
        return [.. endpoints.Select(row => new Status(row.Endpoint, last, row.Figures.DeadLetters, row.Figures.LastDeliveredAt))];
    }

    private Endpoint Latest(Endpoint stored)
    {
        var latest = progress.Latest(stored);
        return tail.Find(new(stored.Id, stored.Revision, stored.Epoch)) is { } cursor
            ? latest with { Position = cursor.Position, Change = cursor.Change, Step = cursor.Step }
            : latest;
    }

    private sealed record Figures
    {
        public long DeadLetters { get; init; }

        public DateTimeOffset? LastDeliveredAt { get; init; }
    }
}
