using System.Data.Common;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.Options;
using Rally.Auth.Server.Dpop;
using Rally.Storage;

namespace Rally.Auth.Server;

/// <summary>Grants and what is issued on them, inside the caller's transaction.</summary>
internal sealed class GrantStore(IOptions<AuthOptions> options, TimeProvider time)
{
    private const string InsertGrant = """
        INSERT INTO auth_grant (id, client_id, account_id, scope, authorization_details, signed_in_at, created_at, expires_at, refresh_hash)
        VALUES (@Id, @ClientId, @AccountId, @Scope, @AuthorizationDetails, @SignedInAt, @now, @grantEnds, @refreshHash);
        """;

    private const string InsertAccessToken = """
        INSERT INTO auth_access_token (hash, grant_id, scope, expires_at, proof_key) VALUES (@accessHash, @Id, @accessScope, @accessEnds, @accessKey);
        """;

    private const string InsertRefreshToken = """
        INSERT INTO auth_refresh_token (hash, grant_id, expires_at, proof_key) VALUES (@refreshHash, @Id, @refreshEnds, @refreshKey);
        """;

    public async Task<Grant> AddAsync(
        DbTransaction transaction, string clientId, Guid? accountId, IEnumerable<string> scopes, string? authorizationDetails = null,
        DateTimeOffset? signedInAt = null)
    {
        var now = time.GetUtcNow();
        var grant = new Grant(Guid.CreateVersion7(now), clientId, accountId, Scope.Join(scopes), authorizationDetails, signedInAt);
        await transaction.Connection!.ExecuteAsync(
            InsertGrant,
            new { grant.Id, grant.ClientId, grant.AccountId, grant.Scope, grant.AuthorizationDetails, grant.SignedInAt, now, grantEnds = now + LongestUnused, refreshHash = (byte[]?)null },
            transaction);
        return grant;
    }

    // What a person's grant leads to first: a code, or a device's tokens.
    private TimeSpan LongestUnused =>
        new[] { options.Value.CodeLifetime, options.Value.DeviceCodeLifetime, options.Value.AccessTokenLifetime }.Max();

    /// <summary>
    /// Keeps the grant where it is until the transaction ends, and lets it last as long as what is now issued on it. Comes before
    /// anything that hangs on the grant is written: whoever deletes an account or an app goes from the grant down to its tokens
    /// too, and in another order the two could wait for each other. Once in a transaction: at the second change of a row,
    /// PostgreSQL looks again at what the row refers to, which is the way back up.
    /// </summary>
    /// <param name="transaction">In which.</param>
    /// <param name="grantId">Of the grant.</param>
    /// <param name="refreshToken">The grant's first, which is now issued; null for none.</param>
    /// <returns>False when it is gone meanwhile.</returns>
    public async Task<bool> HoldAsync(DbTransaction transaction, Guid grantId, string? refreshToken)
    {
        var end = time.GetUtcNow() + (refreshToken is null ? options.Value.AccessTokenLifetime : options.Value.RefreshTokenIdleLifetime);
        return await transaction.Connection!.ExecuteAsync("""
            UPDATE auth_grant SET
              expires_at = CASE WHEN expires_at < @end THEN @end ELSE expires_at END, refresh_hash = COALESCE(@refreshHash, refresh_hash)
            WHERE id = @grantId
            """, new { end, grantId, refreshHash = OpaqueToken.Hash(refreshToken) }, transaction) == 1;
    }

    /// <summary>Issues an access token on a grant that <see cref="HoldAsync"/> holds.</summary>
    /// <param name="transaction">In which.</param>
    /// <param name="grant">On which.</param>
    /// <param name="accessScope">What of it the access token may do.</param>
    /// <param name="refreshToken">The one that it was held for, which is kept too; null for none.</param>
    /// <param name="key">What they are bound to; null for bearer tokens.</param>
    public Task<TokenResponse> IssueAsync(DbTransaction transaction, Grant grant, string accessScope, string? refreshToken, DpopKey? key) =>
        IssueAsync(transaction, "", grant, accessScope, refreshToken, key, grantEnds: default);

    /// <summary>Makes a client's own grant and issues an access token on it, in one command.</summary>
    /// <param name="transaction">In which.</param>
    /// <param name="clientId">Whose.</param>
    /// <param name="scopes">Of the grant and the token.</param>
    /// <param name="refreshToken">A new one that is kept too; null for none.</param>
    /// <param name="key">What they are bound to; null for bearer tokens.</param>
    /// <param name="lasts">How long access tokens may be issued on it; the grant lasts as long as the last of them, or the refresh token.</param>
    public async Task<(Grant Grant, TokenResponse Response)> IssueOwnAsync(
        DbTransaction transaction, string clientId, IEnumerable<string> scopes, string? refreshToken, DpopKey? key, TimeSpan lasts = default)
    {
        var now = time.GetUtcNow();
        var grant = new Grant(Guid.CreateVersion7(now), clientId, AccountId: null, Scope.Join(scopes), AuthorizationDetails: null, SignedInAt: null);
        var ends = now + (refreshToken is null ? lasts + options.Value.AccessTokenLifetime : options.Value.RefreshTokenIdleLifetime);
        return (grant, await IssueAsync(transaction, InsertGrant, grant, grant.Scope, refreshToken, key, ends));
    }

    /// <summary>Issues an access token on a client's own grant.</summary>
    /// <returns>Null when the grant is gone or revoked.</returns>
    public async Task<TokenResponse?> TryIssueAsync(DbTransaction transaction, Guid grantId, string scope, DpopKey? key)
    {
        var access = OpaqueToken.New(time.GetUtcNow());
        var issued = await transaction.Connection!.ExecuteAsync("""
            INSERT INTO auth_access_token (hash, grant_id, scope, expires_at, proof_key)
            SELECT @hash, id, @scope, @expiresAt, @Thumbprint FROM auth_grant WHERE id = @grantId AND revoked_at IS NULL
            """,
            new { hash = OpaqueToken.Hash(access), grantId, scope, key?.Thumbprint, expiresAt = time.GetUtcNow() + options.Value.AccessTokenLifetime }, transaction);
        return issued == 0 ? null : Response(access, scope, refreshToken: null, authorizationDetails: null, key);
    }

    /// <summary>Issues a bearer token on a client's own grant, if the client is in the store as it is known here.</summary>
    /// <returns>Null when it is not, or the grant is gone or revoked.</returns>
    public async Task<TokenResponse?> TryIssueAsync(DbTransaction transaction, Guid grantId, string scope, KnownClient known)
    {
        var access = OpaqueToken.New(time.GetUtcNow());
        var issued = await transaction.Connection!.ExecuteAsync("""
            INSERT INTO auth_access_token (hash, grant_id, scope, expires_at)
            SELECT @hash, g.id, @scope, @expiresAt
            FROM auth_grant g
            JOIN auth_client c ON c.id = g.client_id
            WHERE g.id = @grantId AND g.revoked_at IS NULL
              AND c.secret_hash = @SecretHash AND c.state = @State AND c.scope = @clientScope AND c.grant_types = @GrantTypes
            """,
            new
            {
                hash = OpaqueToken.Hash(access),
                grantId,
                scope,
                expiresAt = time.GetUtcNow() + options.Value.AccessTokenLifetime,
                known.SecretHash,
                known.Client.State,
                clientScope = known.Scope,
                known.GrantTypes,
            }, transaction);
        return issued == 0 ? null : Response(access, scope, refreshToken: null, authorizationDetails: null, key: null);
    }

    // In one command, for that is one answer of the store to wait for, on the way of every token.
    private async Task<TokenResponse> IssueAsync(
        DbTransaction transaction, string before, Grant grant, string accessScope, string? refreshToken, DpopKey? key, DateTimeOffset grantEnds)
    {
        var now = time.GetUtcNow();
        var access = OpaqueToken.New(now);
        var (accessEnds, refreshEnds) = (now + options.Value.AccessTokenLifetime, now + options.Value.RefreshTokenIdleLifetime);
        await transaction.Connection!.ExecuteAsync(
            before + InsertAccessToken + (refreshToken is null ? "" : InsertRefreshToken),
            new
            {
                grant.Id,
                grant.ClientId,
                grant.AccountId,
                grant.Scope,
                grant.AuthorizationDetails,
                grant.SignedInAt,
                now,
                grantEnds,
                accessHash = OpaqueToken.Hash(access),
                accessScope,
                accessEnds,
                accessKey = key?.Thumbprint,
                refreshHash = OpaqueToken.Hash(refreshToken),
                refreshEnds,
                refreshKey = key is { BindsRefreshToken: true } ? key.Thumbprint : null,
            }, transaction);
        return Response(access, accessScope, refreshToken, grant.AuthorizationDetails, key);
    }

    public TokenResponse Response(string access, string scope, string? refreshToken, string? authorizationDetails, DpopKey? key) => new(
        access, key is null ? "Bearer" : DpopProofs.Header, (long)options.Value.AccessTokenLifetime.TotalSeconds, refreshToken, scope,
        authorizationDetails is null ? null : JsonElement.Parse(authorizationDetails));

    /// <summary>Ends the grant with every code and token on it.</summary>
    public Task RevokeAsync(DbTransaction transaction, Guid grantId) =>
        transaction.Connection!.ExecuteAsync(
            "UPDATE auth_grant SET revoked_at = @now WHERE id = @grantId AND revoked_at IS NULL",
            new { grantId, now = time.GetUtcNow() }, transaction);
}
