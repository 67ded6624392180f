using System.Security.Cryptography;
using Dapper;
using Rally.Storage;
using Rally.Webhooks.Deliveries;

namespace Rally.Webhooks.Subscriptions;

/// <summary>What became of an endpoint's messages, and what signs them; null for another client's endpoint.</summary>
internal sealed class ReadDeliveries(Database database, AttemptLog log, ProgressWriter writer, SecretVault vault)
{
    /// <param name="Kind">See <see cref="EndpointKey"/>.</param>
    /// <param name="PublicKey">Of a key pair, else null; null too when this host cannot read it.</param>
    /// <param name="CreatedAt">When it was made.</param>
    /// <param name="EndsAt">Until when it signs; null for the present one.</param>
    public sealed record Key(string Kind, string? PublicKey, DateTimeOffset CreatedAt, DateTimeOffset? EndsAt);

    public sealed record Keyring(IReadOnlyList<Key> Keys, IReadOnlyList<string> Headers);

    public async Task<Keyring?> KeysAsync(string clientId, Guid endpointId, CancellationToken stop)
    {
        var (endpoint, keys) = await database.ReadAsync(async connection => (
            await connection.QuerySingleOrDefaultAsync<Endpoint>(new CommandDefinition(
                $"SELECT {Endpoint.Columns} FROM webhook_endpoint WHERE id = @endpointId AND client_id = @clientId",
                new { endpointId, clientId }, cancellationToken: stop)),
            await EndpointKey.ReadAsync(connection, endpointId, stop)), stop);
        return endpoint is null
            ? null
            : new(
                [.. keys.Select(key => new Key(key.Kind, OrNull(() => PublicKeyOf(key)), key.CreatedAt, key.EndsAt))],
                OrNull(() => vault.OpenHeaders(endpoint.Headers).Keys.ToList()) ?? []);
    }

    public async Task<IReadOnlyList<Attempt>?> AttemptsAsync(
        string clientId, Guid endpointId, Guid? before, bool onlyFailed, int limit, CancellationToken stop)
    {
        if (!await IsOwnAsync(clientId, endpointId, stop))
            return null;
        // What was just tried is to be seen.
        await writer.FlushAsync(stop);
        return await log.ReadAsync(endpointId, before, onlyFailed, limit, stop);
    }

    /// <summary>So many, and what else was given up at the place of the last, so that a position is enough to go on from.</summary>
    public async Task<IReadOnlyList<DeadLetter>?> DeadLettersAsync(string clientId, Guid endpointId, long after, int limit, CancellationToken stop)
    {
        if (!await IsOwnAsync(clientId, endpointId, stop))
            return null;
        await writer.FlushAsync(stop);
        return await database.ReadAsync(async connection => (await connection.QueryAsync<DeadLetter>(new CommandDefinition("""
            SELECT endpoint_id, position, type, change, attempts, reason, died_at FROM webhook_dead_letter
            WHERE endpoint_id = @endpointId AND position > @after AND position <= coalesce(
              (SELECT position FROM webhook_dead_letter WHERE endpoint_id = @endpointId AND position > @after ORDER BY position LIMIT 1 OFFSET @others),
              9223372036854775807)
            ORDER BY position, change, type DESC
            """, new { endpointId, after, others = limit - 1L }, cancellationToken: stop))).AsList(), stop);
    }

    private string? PublicKeyOf(EndpointKey key) => key.Kind == EndpointKey.Asymmetric ? vault.OpenKeyPair(key.Sealed).PublicKey.ToString() : null;

    // Whoever restored the store without the host's keys is to see at least what there is, and can replace it.
    private static T? OrNull<T>(Func<T?> open)
        where T : class
    {
        try
        {
            return open();
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private Task<bool> IsOwnAsync(string clientId, Guid endpointId, CancellationToken stop) => database.ReadAsync(async connection =>
        await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "SELECT COUNT(*) FROM webhook_endpoint WHERE id = @endpointId AND client_id = @clientId", new { endpointId, clientId }, cancellationToken: stop)) > 0, stop);
}
