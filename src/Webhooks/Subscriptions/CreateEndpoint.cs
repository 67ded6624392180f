using Dapper;
using Microsoft.Extensions.Options;
using Rally.Ledger.Journal;
using Rally.Storage;
using Rally.Webhooks.Signing;

namespace Rally.Webhooks.Subscriptions;

/// <summary>Subscribes a client's URL to events.</summary>
internal sealed class CreateEndpoint(
    Database database, ITransferFeed feed, SecretVault vault, EndpointRules rules, EndpointChanges changes,
    IOptions<WebhooksOptions> options, TimeProvider time)
{
    /// <param name="ClientId">Who will own it.</param>
    /// <param name="Url">Where deliveries go.</param>
    /// <param name="Events">Event types.</param>
    /// <param name="Coins">Symbols; null for all.</param>
    /// <param name="After">Deliver what comes after this position; null for what comes from now on.</param>
    public sealed record Request(string ClientId, string? Url, IReadOnlyList<string>? Events, IReadOnlyList<string>? Coins, long? After);

    public abstract record Result
    {
        /// <summary>Made; the one time its secret is seen.</summary>
        public sealed record Created(Endpoint Endpoint, WebhookSecret Secret) : Result;

        public sealed record Invalid(string Reason) : Result;

        public sealed record TooMany(int Most) : Result;
    }

    public async Task<Result> ExecuteAsync(Request request, CancellationToken stop)
    {
        var last = await feed.LastPositionAsync(stop);
        var wrong = rules.WrongUrl(request.Url)
            ?? EndpointRules.WrongEvents(request.Events)
            ?? EndpointRules.WrongCoins(request.Coins)
            ?? (request.After is < 0 || request.After > last ? $"after must be from 0 to the log's last position, {last}." : null);
        if (wrong is not null)
            return new Result.Invalid(wrong);

        var now = time.GetUtcNow();
        var secret = WebhookSecret.Create();
        var endpoint = new Endpoint
        {
            Id = Guid.CreateVersion7(now),
            ClientId = request.ClientId,
            Url = request.Url!,
            Events = EndpointRules.Join(request.Events!),
            Coins = EndpointRules.JoinCoins(request.Coins),
            Secret = vault.Seal(secret),
            CreatedAt = now,
            Revision = 1,
            Position = request.After ?? last,
        };
        if (!await InsertAsync(endpoint, stop))
            return new Result.TooMany(options.Value.MaxEndpointsPerClient);
        changes.Publish(endpoint.Id);
        return new Result.Created(endpoint, secret);
    }

    private Task<bool> InsertAsync(Endpoint endpoint, CancellationToken stop) => database.WriteAsync(async transaction =>
    {
        // Otherwise two requests at once could both count one too few.
        await database.SerializeAsync(transaction, "webhooks.endpoints", stop);
        var inserted = await transaction.Connection!.ExecuteAsync(new CommandDefinition("""
            INSERT INTO webhook_endpoint
              (id, client_id, url, events, coins, secret, created_at, revision, position, attempts)
            SELECT @Id, @ClientId, @Url, @Events, @Coins, @Secret, @CreatedAt, @Revision, @Position, 0
            WHERE (SELECT COUNT(*) FROM webhook_endpoint WHERE client_id = @ClientId) < @most
            """, new
        {
            endpoint.Id,
            endpoint.ClientId,
            endpoint.Url,
            endpoint.Events,
            endpoint.Coins,
            endpoint.Secret,
            endpoint.CreatedAt,
            endpoint.Revision,
            endpoint.Position,
            most = (long)options.Value.MaxEndpointsPerClient,
        }, transaction, cancellationToken: stop));
        return inserted == 1;
    }, stop);
}
