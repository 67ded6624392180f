using Dapper;
using Microsoft.Extensions.Options;
using Rally.Ledger.Journal;
using Rally.Storage;
using Rally.Storage.Changes;
using Rally.Webhooks.Events;
using Rally.Webhooks.Signing;

namespace Rally.Webhooks.Subscriptions;

/// <summary>Subscribes a client's URL to events.</summary>
internal sealed class CreateEndpoint(
    Database database, ITransferFeed feed, Outbox outbox, SecretVault vault, EndpointRules rules, EndpointChanges changes,
    IOptions<WebhooksOptions> options, TimeProvider time)
{
    /// <param name="ClientId">Who will own it.</param>
    /// <param name="Url">Where deliveries go.</param>
    /// <param name="Events">Event types.</param>
    /// <param name="Coins">Symbols; null for all.</param>
    /// <param name="After">Deliver what comes after this position; null for what comes from now on.</param>
    public sealed record Request(string ClientId, string? Url, IReadOnlyList<string>? Events, IReadOnlyList<string>? Coins, long? After)
    {
        /// <summary>What bodies look like; null for the standard.</summary>
        public string? Format { get; init; }

        /// <summary>Kinds of signatures; null for those with a secret alone.</summary>
        public IReadOnlyList<string>? Signatures { get; init; }

        /// <summary>To be sent along.</summary>
        public IReadOnlyDictionary<string, string>? Headers { get; init; }

        /// <summary>At most so many messages a second.</summary>
        public long? PerSecond { get; init; }
    }

    public abstract record Result
    {
        /// <summary>Made; the one time its secret is seen. Each is null when it was not asked for.</summary>
        public sealed record Created(Endpoint Endpoint, WebhookSecret? Secret, WebhookPublicKey? PublicKey) : Result;

        public sealed record Invalid(string Reason) : Result;

        public sealed record TooMany(int Most) : Result;
    }

    public async Task<Result> ExecuteAsync(Request request, CancellationToken stop)
    {
        // Before the log, so that no change is left out that comes after the position.
        var lastChange = await outbox.LastAsync(stop);
        var last = await feed.LastPositionAsync(stop);
        var wrong = rules.WrongUrl(request.Url)
            ?? EndpointRules.WrongFormat(request.Format)
            ?? EndpointRules.WrongEvents(request.Events, request.Format ?? EventFormat.Standard)
            ?? EndpointRules.WrongCoins(request.Coins)
            ?? EndpointRules.WrongSignatures(request.Signatures)
            ?? EndpointRules.WrongHeaders(request.Headers)
            ?? EndpointRules.WrongPerSecond(request.PerSecond)
            ?? (request.After is < 0 || request.After > last ? $"after must be from 0 to the log's last position, {last}." : null);
        if (wrong is not null)
            return new Result.Invalid(wrong);

        var now = time.GetUtcNow();
        var endpoint = new Endpoint
        {
            Id = Guid.CreateVersion7(now),
            ClientId = request.ClientId,
            Url = request.Url!,
            Events = EndpointRules.Join(request.Events!),
            Format = request.Format ?? EventFormat.Standard,
            Coins = EndpointRules.JoinCoins(request.Coins),
            Headers = vault.Seal(request.Headers),
            PerSecond = request.PerSecond,
            CreatedAt = now,
            Revision = 1,
            Position = request.After ?? last,
            Change = request.After is { } after ? await outbox.LastBeforeAsync(after, stop) : lastChange,
        };
        var kinds = request.Signatures ?? [EndpointKey.Symmetric];
        var keys = kinds.Distinct().Select(kind => NewKey.OfKind(kind, endpoint.Id, vault, now)).ToList();
        if (!await InsertAsync(endpoint, keys, stop))
            return new Result.TooMany(options.Value.MaxEndpointsPerClient);
        changes.Publish(endpoint.Id);
        return new Result.Created(
            endpoint, keys.Select(key => key.Secret).FirstOrDefault(secret => secret is not null), keys.Select(key => key.PublicKey).FirstOrDefault(key => key is not null));
    }

    private Task<bool> InsertAsync(Endpoint endpoint, List<NewKey> keys, CancellationToken stop) => database.WriteAsync(async transaction =>
    {
        // Otherwise two requests at once could both count one too few.
        await database.SerializeAsync(transaction, "webhooks.endpoints", stop);
        var inserted = await transaction.Connection!.ExecuteAsync(new CommandDefinition("""
            INSERT INTO webhook_endpoint
              (id, client_id, url, events, format, coins, headers, per_second, created_at, revision, position, change, attempts)
            SELECT @Id, @ClientId, @Url, @Events, @Format, @Coins, @Headers, @PerSecond, @CreatedAt, @Revision, @Position, @Change, 0
            WHERE (SELECT COUNT(*) FROM webhook_endpoint WHERE client_id = @ClientId) < @most
            """, new
        {
            endpoint.Id,
            endpoint.ClientId,
            endpoint.Url,
            endpoint.Events,
            endpoint.Format,
            endpoint.Coins,
            endpoint.Headers,
            endpoint.PerSecond,
            endpoint.CreatedAt,
            endpoint.Revision,
            endpoint.Position,
            endpoint.Change,
            most = (long)options.Value.MaxEndpointsPerClient,
        }, transaction, cancellationToken: stop));
        if (inserted == 0)
            return false;
        foreach (var key in keys)
            await EndpointKey.AddAsync(transaction, key.Row);
        return true;
    }, stop);
}
