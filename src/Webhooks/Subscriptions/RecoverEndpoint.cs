using Dapper;
using Rally.Ledger.Journal;
using Rally.Storage;
using Rally.Storage.Changes;
using Rally.Webhooks.Deliveries;

namespace Rally.Webhooks.Subscriptions;

/// <summary>
/// Delivers again, in order, all that an endpoint should have had since a time or a place of the log. Messages keep their ids, so
/// that a receiver which had some of them can tell.
/// </summary>
internal sealed class RecoverEndpoint(Database database, ITransferFeed feed, Outbox outbox, ProgressWriter writer, EndpointChanges changes)
{
    /// <param name="ClientId">Who asks.</param>
    /// <param name="EndpointId">Which endpoint.</param>
    /// <param name="Since">From the first event of this time on; null to go by <paramref name="After"/>.</param>
    /// <param name="After">From the event after this place of the log on; null to go by <paramref name="Since"/>.</param>
    public sealed record Request(string ClientId, Guid EndpointId, DateTimeOffset? Since, long? After);

    public abstract record Result
    {
        /// <param name="After">The place of the log it goes on after.</param>
        /// <param name="Events">How many places it goes back.</param>
        public sealed record Recovering(long After, long Events) : Result;

        public sealed record Invalid(string Reason) : Result;

        /// <summary>There is no such endpoint, or it is another client's.</summary>
        public sealed record NotFound : Result;
    }

    public async Task<Result> ExecuteAsync(Request request, CancellationToken stop)
    {
        if (request.Since is null == request.After is null)
            return new Result.Invalid("Name either since or after.");
        if (request.After is < 0)
            return new Result.Invalid("after must be a position of the log, from 0.");
        var after = request.After ?? await LastBeforeAsync(request.Since!.Value, stop);
        // Changes from that place on too: one that came right after it is not known to have been before the time.
        var change = await outbox.LastBeforeAsync(after, stop);
        // What was delivered and is not stored yet would else look as if it were still to come.
        await writer.FlushAsync(stop);
        var position = await database.WriteAsync(async transaction =>
        {
            await database.SerializeAsync(transaction, "webhooks.endpoints", stop);
            var was = await transaction.Connection!.QuerySingleOrDefaultAsync<Endpoint>(new CommandDefinition(
                $"SELECT {Endpoint.Columns} FROM webhook_endpoint WHERE id = @EndpointId AND client_id = @ClientId", request, transaction, cancellationToken: stop));
            // A place ahead of the endpoint's leaves it where it is: events are never skipped.
            if (was is not null && (was.Position > after || (was.Position == after && (was.Step > 0 || was.Change > change))))
            {
                await transaction.Connection!.ExecuteAsync(new CommandDefinition("""
                    UPDATE webhook_endpoint SET
                      position = @after, change = @change, step = 0, epoch = epoch + 1, revision = revision + 1,
                      attempts = 0, next_attempt_at = NULL, failing_since = NULL, last_failure = NULL
                    WHERE id = @EndpointId;
                    DELETE FROM webhook_dead_letter WHERE endpoint_id = @EndpointId AND (position > @after OR (position = @after AND change > 0))
                    """, new { request.EndpointId, after, change }, transaction, cancellationToken: stop));
            }

            return was?.Position;
        }, stop);
        if (position is not { } before)
            return new Result.NotFound();
        changes.Publish(request.EndpointId);
        return new Result.Recovering(Math.Min(after, before), Math.Max(0, before - after));
    }

    /// <summary>The last place of the log before a time, by bisection: times never run back along it.</summary>
    private async Task<long> LastBeforeAsync(DateTimeOffset since, CancellationToken stop)
    {
        long low = 0, high = await feed.LastPositionAsync(stop);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if ((await feed.ReadAsync(middle, 1, stop))[0].PostedAt < since)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
