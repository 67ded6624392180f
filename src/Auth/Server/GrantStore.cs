using System.Data.Common;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.Options;
using Rally.Storage;

namespace Rally.Auth.Server;

/// <summary>Grants and what is issued on them, inside the caller's transaction.</summary>
internal sealed class GrantStore(IOptions<AuthOptions> options, TimeProvider time)
{
    private const string InsertGrant = """
        INSERT INTO auth_grant (id, client_id, account_id, scope, authorization_details, signed_in_at, created_at, expires_at)
        VALUES (@Id, @ClientId, @AccountId, @Scope, @AuthorizationDetails, @SignedInAt, @now, @unusedEnds);
        """;

    private const string InsertAccessToken = """
        INSERT INTO auth_access_token (hash, grant_id, scope, expires_at) VALUES (@accessHash, @Id, @accessScope, @accessEnds);
        """;

    private const string InsertRefreshToken = """
        INSERT INTO auth_refresh_token (hash, grant_id, expires_at) VALUES (@refreshHash, @Id, @refreshEnds);
        """;

    private const string ExtendGrant = "UPDATE auth_grant SET expires_at = @end WHERE id = @Id AND expires_at < @end;";

    public async Task<Grant> AddAsync(
        DbTransaction transaction, string clientId, Guid? accountId, IEnumerable<string> scopes, string? authorizationDetails = null,
        DateTimeOffset? signedInAt = null)
    {
        var now = time.GetUtcNow();
        var grant = new Grant(Guid.CreateVersion7(now), clientId, accountId, Scope.Join(scopes), authorizationDetails, signedInAt);
        await transaction.Connection!.ExecuteAsync(
            InsertGrant,
            new { grant.Id, grant.ClientId, grant.AccountId, grant.Scope, grant.AuthorizationDetails, grant.SignedInAt, now, unusedEnds = now + LongestUnused },
            transaction);
        return grant;
    }

    // What a grant leads to first: a code, a device's tokens, or the one access token of a client's own.
    private TimeSpan LongestUnused =>
        new[] { options.Value.CodeLifetime, options.Value.DeviceCodeLifetime, options.Value.AccessTokenLifetime }.Max();

    /// <summary>Issues an access token on a grant that is kept already.</summary>
    /// <param name="refreshToken">A new one for all that was granted, which is kept too; null for none.</param>
    public Task<TokenResponse> IssueAsync(DbTransaction transaction, Grant grant, string accessScope, string? refreshToken) =>
        IssueAsync(transaction, "", grant, accessScope, refreshToken);

    /// <summary>Makes a client's own grant and issues an access token on it.</summary>
    /// <param name="refreshToken">See above.</param>
    public async Task<(Grant Grant, TokenResponse Response)> IssueOwnAsync(
        DbTransaction transaction, string clientId, IEnumerable<string> scopes, string? refreshToken)
    {
        var grant = new Grant(Guid.CreateVersion7(time.GetUtcNow()), clientId, AccountId: null, Scope.Join(scopes), AuthorizationDetails: null, SignedInAt: null);
        return (grant, await IssueAsync(transaction, InsertGrant, grant, grant.Scope, refreshToken));
    }

    // In one command, for that is one answer of the store to wait for, on the way of every token.
    private async Task<TokenResponse> IssueAsync(DbTransaction transaction, string before, Grant grant, string accessScope, string? refreshToken)
    {
        var now = time.GetUtcNow();
        var access = OpaqueToken.New();
        var (accessEnds, refreshEnds) = (now + options.Value.AccessTokenLifetime, now + options.Value.RefreshTokenIdleLifetime);
        var extends = grant.AccountId is not null || refreshToken is not null;
        await transaction.Connection!.ExecuteAsync(
            before + InsertAccessToken + (refreshToken is null ? "" : InsertRefreshToken) + (extends ? ExtendGrant : ""),
            new
            {
                grant.Id,
                grant.ClientId,
                grant.AccountId,
                grant.Scope,
                grant.AuthorizationDetails,
                grant.SignedInAt,
                now,
                unusedEnds = now + LongestUnused,
                accessHash = OpaqueToken.Hash(access),
                accessScope,
                accessEnds,
                refreshHash = OpaqueToken.Hash(refreshToken),
                refreshEnds,
                end = refreshToken is null ? accessEnds : refreshEnds,
            }, transaction);
        return new TokenResponse(
            access, "Bearer", (long)options.Value.AccessTokenLifetime.TotalSeconds, refreshToken, accessScope,
            grant.AuthorizationDetails is { } details ? JsonElement.Parse(details) : null);
    }

    /// <summary>Ends the grant with every code and token on it.</summary>
    public Task RevokeAsync(DbTransaction transaction, Guid grantId) =>
        transaction.Connection!.ExecuteAsync(
            "UPDATE auth_grant SET revoked_at = @now WHERE id = @grantId AND revoked_at IS NULL",
            new { grantId, now = time.GetUtcNow() }, transaction);
}
