using System.Data.Common;
using Dapper;

namespace Rally.Auth.Server;

/// <summary>A refresh token with its grant, as the store had them when it was asked.</summary>
internal sealed record SeenRefreshToken
{
    public Guid GrantId { get; init; }

    public string ClientId { get; init; } = "";

    public Guid? AccountId { get; init; }

    /// <summary>All that was granted.</summary>
    public string Scope { get; init; } = "";

    public string? AuthorizationDetails { get; init; }

    public DateTimeOffset? SignedInAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public DateTimeOffset GrantEnds { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>What it is bound to; null for nothing.</summary>
    public string? ProofKey { get; init; }

    /// <summary>Of the one of its grant that is good.</summary>
    public byte[]? RefreshHash { get; init; }

    /// <summary>Of the one that was used for that.</summary>
    public byte[]? UsedHash { get; init; }

    public DateTimeOffset? UsedAt { get; init; }

    /// <summary>What, with the used one, makes the good one again.</summary>
    public byte[]? Successor { get; init; }

    public Grant Grant => new(GrantId, ClientId, AccountId, Scope, AuthorizationDetails, SignedInAt);

    public static Task<SeenRefreshToken?> FindAsync(DbConnection connection, DbTransaction? transaction, byte[] hash) =>
        connection.QuerySingleOrDefaultAsync<SeenRefreshToken?>("""
            SELECT g.id AS grant_id, g.client_id, g.account_id, g.scope, g.authorization_details, g.signed_in_at, g.revoked_at,
                   g.expires_at AS grant_ends, r.expires_at, r.proof_key, g.refresh_hash, g.used_hash, g.used_at, g.successor
            FROM auth_refresh_token r JOIN auth_grant g ON g.id = r.grant_id
            WHERE r.hash = @hash
            """, new { hash }, transaction);
}
