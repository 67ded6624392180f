using System.Text.Json;
using Dapper;
using Rally.Auth.Apps;
using Rally.Auth.Server.Dpop;
using Rally.Storage;

namespace Rally.Auth.Server;

/// <summary>
/// RFC 7662: what a token is good for, told to the client it was issued to. About any other token, and one that no
/// longer works, it learns only that it is not active (2.2).
/// </summary>
internal sealed class IntrospectToken(Database database, TimeProvider time)
{
    /// <param name="Exp">Seconds since 1970 UTC.</param>
    /// <param name="TokenType">Absent for a refresh token, which is no credential at the API.</param>
    internal sealed record Answer(
        bool Active, string? Iss = null, string? ClientId = null, string? Scope = null, string? TokenType = null, long? Exp = null,
        string? Sub = null, string? Username = null, JsonElement? AuthorizationDetails = null, Confirmation? Cnf = null);

    /// <param name="Jkt">The thumbprint of the key that the token is bound to (RFC 9449, 6.2).</param>
    internal sealed record Confirmation(string Jkt);

    private static readonly Answer Inactive = new(false);

    public async Task<Answer> ExecuteAsync(string issuer, Client client, string token, CancellationToken stop)
    {
        if (OpaqueToken.Hash(token) is not { } hash)
            return Inactive;
        var row = await database.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<Row>("""
            SELECT t.kind, COALESCE(t.scope, g.scope) AS scope, t.expires_at, t.proof_key, g.account_id, g.authorization_details, a.user_name
            FROM (SELECT grant_id, 'access' AS kind, scope, expires_at, proof_key FROM auth_access_token WHERE hash = @hash
                  UNION ALL
                  SELECT r.grant_id, 'refresh' AS kind, NULL AS scope, r.expires_at, r.proof_key
                  FROM auth_refresh_token r JOIN auth_grant f ON f.id = r.grant_id
                  WHERE r.hash = @hash AND f.refresh_hash = r.hash) t
            JOIN auth_grant g ON g.id = t.grant_id
            LEFT JOIN auth_account a ON a.id = g.account_id
            WHERE g.client_id = @clientId AND g.revoked_at IS NULL AND t.expires_at > @now
            """, new { hash, clientId = client.Id, now = time.GetUtcNow() }), stop);
        if (row is null)
            return Inactive;
        return new Answer(
            true, issuer, client.Id, row.Scope, row.Kind != "access" ? null : row.ProofKey is null ? "Bearer" : DpopProofs.Header, row.ExpiresAt.ToUnixTimeSeconds(),
            row.AccountId?.ToString(), Scope.Split(row.Scope).Contains(KnownScopes.Profile.Name) ? row.UserName : null,
            row.AuthorizationDetails is { } details ? JsonElement.Parse(details) : null,
            row.ProofKey is { } key ? new(key) : null);
    }

    // Not positional: what is absent has no type on SQLite.
    private sealed record Row
    {
        public string Kind { get; init; } = "";

        public string Scope { get; init; } = "";

        public DateTimeOffset ExpiresAt { get; init; }

        public Guid? AccountId { get; init; }

        public string? AuthorizationDetails { get; init; }

        public string? UserName { get; init; }

        public string? ProofKey { get; init; }
    }
}
