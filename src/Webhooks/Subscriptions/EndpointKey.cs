using System.Data.Common;
using Dapper;

namespace Rally.Webhooks.Subscriptions;

/// <summary>What signs an endpoint's messages, as stored.</summary>
internal sealed record EndpointKey
{
    /// <summary>A secret that the receiver has too.</summary>
    public const string Symmetric = "v1";

    /// <summary>An Ed25519 key of which the receiver has the public half.</summary>
    public const string Asymmetric = "v1a";

    public required Guid EndpointId { get; init; }

    public required Guid Id { get; init; }

    public required string Kind { get; init; }

    public required byte[] Sealed { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Signs no more from then on; null for the present one.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <returns>Of one endpoint, or of all; the newest first.</returns>
    public static async Task<IReadOnlyList<EndpointKey>> ReadAsync(DbConnection connection, Guid? endpointId, CancellationToken stop) =>
        (await connection.QueryAsync<EndpointKey>(new CommandDefinition("""
            SELECT endpoint_id, id, kind, sealed, created_at, ends_at FROM webhook_key
            WHERE endpoint_id = @id OR @all = 1 ORDER BY created_at DESC, id DESC
            """, new { id = endpointId ?? Guid.Empty, all = endpointId is null ? 1L : 0L }, cancellationToken: stop))).AsList();

    public static Task AddAsync(DbTransaction transaction, EndpointKey key) => transaction.Connection!.ExecuteAsync("""
        INSERT INTO webhook_key (endpoint_id, id, kind, sealed, created_at, ends_at)
        VALUES (@EndpointId, @Id, @Kind, @Sealed, @CreatedAt, @EndsAt)
        """, key, transaction);
}
