using System.Text.Json;
using Dapper;
using Rally.Ledger.Journal;
using Rally.Storage;
using Rally.Webhooks.Subscriptions;

namespace Rally.Webhooks.Deliveries;

/// <summary>Sends one message because the endpoint's owner asks for it, out of turn, and says at once what came of it.</summary>
internal sealed class SendNow(
    Database database, ITransferFeed feed, SecretVault vault, DeliverySender sender, ProgressWriter writer, TimeProvider time)
{
    /// <param name="ClientId">Who asks.</param>
    /// <param name="EndpointId">Where to; a disabled endpoint can be tested too.</param>
    /// <param name="Position">The event's place in the log; null for a test event.</param>
    public sealed record Request(string ClientId, Guid EndpointId, long? Position);

    public abstract record Result
    {
        /// <summary>Tried; the attempt tells how it went.</summary>
        public sealed record Sent(Attempt Attempt) : Result;

        /// <summary>There is nothing at that place of the log.</summary>
        public sealed record NoEvent(long LastPosition) : Result;

        /// <summary>There is no such endpoint, or it is another client's.</summary>
        public sealed record NotFound : Result;
    }

    public async Task<Result> ExecuteAsync(Request request, CancellationToken stop)
    {
        if (await TargetAsync(request, stop) is not { } target)
            return new Result.NotFound();
        if (await MessageAsync(request, stop) is not { } message)
            return new Result.NoEvent(await feed.LastPositionAsync(stop));
        var (outcome, attempt) = await sender.SendAsync(target, message, number: 0, stop);
        await writer.SaveAsync(progress: null, attempt, dead: null, stop);
        if (outcome is DeliveryOutcome.Delivered && request.Position is not null)
        {
            await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(new CommandDefinition(
                "DELETE FROM webhook_dead_letter WHERE endpoint_id = @EndpointId AND position = @Position", request, transaction, cancellationToken: stop)), stop);
        }

        return new Result.Sent(attempt);
    }

    private Task<DeliveryTarget?> TargetAsync(Request request, CancellationToken stop) => database.ReadAsync(async connection =>
    {
        var endpoint = await connection.QuerySingleOrDefaultAsync<Endpoint>(new CommandDefinition(
            $"SELECT {Endpoint.Columns} FROM webhook_endpoint WHERE id = @EndpointId AND client_id = @ClientId", request, cancellationToken: stop));
        return endpoint is null ? null : DeliveryTarget.Of(endpoint, await EndpointKey.ReadAsync(connection, endpoint.Id, stop), vault);
    }, stop);

    private async Task<Message?> MessageAsync(Request request, CancellationToken stop)
    {
        if (request.Position is not { } position)
            return Test(request.EndpointId);
        return position > 0 && await feed.ReadAsync(position - 1, 1, stop) is [var transfer]
            ? new WebhookEvent(transfer).MessageFor(request.EndpointId)
            : null;
    }

    private Message Test(Guid endpointId)
    {
        var now = time.GetUtcNow();
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new { type = WebhookEvent.Test, timestamp = now, data = new { endpoint = endpointId } }, JsonSerializerOptions.Web);
        return new($"msg_{endpointId:N}_test_{Guid.CreateVersion7(now):N}", WebhookEvent.Test, null, body);
    }
}
