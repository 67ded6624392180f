using Dapper;
using Rally.Ledger.Journal;
using Rally.Storage;
using Rally.Storage.Changes;
using Rally.Webhooks.Subscriptions;

namespace Rally.Webhooks.Deliveries;

/// <summary>Sends one message because the endpoint's owner asks for it, out of turn, and says at once what came of it.</summary>
internal sealed class SendNow(
    Database database, ITransferFeed feed, Outbox outbox, SecretVault vault, WriteMessage write, DeliverySender sender, ProgressWriter writer,
    TimeProvider time)
{
    /// <param name="ClientId">Who asks.</param>
    /// <param name="EndpointId">Where to; a disabled endpoint can be tested too.</param>
    /// <param name="Position">The event's place in the log; null for a test event.</param>
    public sealed record Request(string ClientId, Guid EndpointId, long? Position)
    {
        /// <summary>The event's type; null where the endpoint wants one event of that place only.</summary>
        public string? Type { get; init; }

        /// <summary>The number of a change, instead of a place of the log.</summary>
        public long? Change { get; init; }
    }

    public abstract record Result
    {
        /// <summary>Tried; the attempt tells how it went.</summary>
        public sealed record Sent(Attempt Attempt) : Result;

        /// <summary>There is nothing at that place of the log.</summary>
        public sealed record NoEvent(long LastPosition) : Result;

        /// <summary>There is no change of that number (any more), or the endpoint's client may not know of it.</summary>
        public sealed record NoChange : Result;

        /// <summary>There are other events at that place, or several that the endpoint wants.</summary>
        public sealed record NoSuchType(IReadOnlyList<string> Types) : Result;

        /// <summary>There is no such endpoint, or it is another client's.</summary>
        public sealed record NotFound : Result;
    }

    public async Task<Result> ExecuteAsync(Request request, CancellationToken stop)
    {
        if (await FindAsync(request, stop) is not var (endpoint, target))
            return new Result.NotFound();
        using var signing = target;
        if (request.Change is { } number)
        {
            return number > 0 && (await outbox.ReadAsync(number - 1, long.MaxValue, 1, stop)).SingleOrDefault() is { } change && change.Number == number
                && await write.ExecuteAsync(target, new(change), stop) is { } told
                ? new Result.Sent(await SendAsync(target, told, stop))
                : new Result.NoChange();
        }

        if (request.Position is not { } position)
            return new Result.Sent(await SendAsync(target, WriteMessage.Test(target, time.GetUtcNow()), stop));
        var place = position > 0 ? await feed.ReadWithEventsAsync(position - 1, 1, stop) : [];
        if (place is not [var entry])
            return new Result.NoEvent(await feed.LastPositionAsync(stop));
        var events = WebhookEvent.AllOf(entry);
        if (events.Where(happened => request.Type is { } type ? happened.Type == type : endpoint.EventList.Contains(happened.Type)).ToList() is not [var wanted])
            return new Result.NoSuchType([.. events.Select(happened => happened.Type)]);
        return new Result.Sent(await SendAsync(target, (await write.ExecuteAsync(target, wanted, stop))!, stop));
    }

    private async Task<Attempt> SendAsync(DeliveryTarget target, Message message, CancellationToken stop)
    {
        var (outcome, attempt) = await sender.SendAsync(target, message, number: 0, stop);
        await writer.SaveAsync(progress: null, attempt, dead: null, stop);
        if (outcome is DeliveryOutcome.Delivered && message.Position is not null)
        {
            await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(new CommandDefinition(
                "DELETE FROM webhook_dead_letter WHERE endpoint_id = @EndpointId AND position = @Position AND type = @Type AND change = @Change",
                new { target.EndpointId, message.Position, message.Type, message.Change }, transaction, cancellationToken: stop)), stop);
        }

        return attempt;
    }

    private Task<(Endpoint Endpoint, DeliveryTarget Target)?> FindAsync(Request request, CancellationToken stop) =>
        database.ReadAsync<(Endpoint, DeliveryTarget)?>(async connection =>
        {
            var endpoint = await connection.QuerySingleOrDefaultAsync<Endpoint>(new CommandDefinition(
                $"SELECT {Endpoint.Columns} FROM webhook_endpoint WHERE id = @EndpointId AND client_id = @ClientId", request, cancellationToken: stop));
            return endpoint is null
                ? null
                : (endpoint, DeliveryTarget.Of(endpoint, await EndpointKey.ReadAsync(connection, endpoint.Id, stop), vault));
        }, stop);
}
