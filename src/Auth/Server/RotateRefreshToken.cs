using System.Data.Common;
using Dapper;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rally.Auth.Server.Dpop;
using Rally.Storage;

namespace Rally.Auth.Server;

/// <summary>
/// Turns a refresh token into an access token and its own successor. A used token that comes again means that somebody
/// else has it: the whole family is revoked (RFC 9700, 4.14.2). But an answer can be lost, so as long as the successor
/// was never used the same token gets the same successor again: from a client that proves who it is at any time, from
/// a public one for <see cref="AuthOptions.RefreshRetryWindow"/> (docs/adr/0010).
/// </summary>
internal sealed class RotateRefreshToken(
    Database database, GrantStore grants, IOptions<AuthOptions> options, TimeProvider time, ILogger<RotateRefreshToken> log)
{
    public async Task<TokenOutcome> ExecuteAsync(Client client, Parameters form, DpopKey? key, CancellationToken stop)
    {
        if (form["refresh_token"] is not { } token)
            return new TokenOutcome.Refused(OAuthError.InvalidRequest("refresh_token is required."));
        return await ExecuteAsync(client, token, !client.IsPublic, Scope.Split(form["scope"]), key, stop);
    }

    /// <param name="client">Whose token it must be.</param>
    /// <param name="token">As it was sent.</param>
    /// <param name="isProven">Whether the client has shown its secret.</param>
    /// <param name="asked">Scopes of the access token; none for all that was granted.</param>
    /// <param name="key">What the request has proven, if anything.</param>
    /// <param name="stop">Ends the call before anything is kept.</param>
    public async Task<TokenOutcome> ExecuteAsync(
        Client client, string token, bool isProven, IReadOnlyList<string> asked, DpopKey? key, CancellationToken stop) =>
        OpaqueToken.Hash(token) is { } hash
            ? await database.WriteTogetherAsync(transaction => RotateAsync(transaction, client, isProven, token, hash, asked, key), stop)
            : Unknown;

    /// <summary>The answer to a token that is worth nothing.</summary>
    public static TokenOutcome.Refused Unknown { get; } =
        new(OAuthError.InvalidGrant("The refresh token is unknown, expired, used, revoked, or another client's."));

    private async Task<TokenOutcome> RotateAsync(
        DbTransaction transaction, Client client, bool isProven, string token, byte[] hash, IReadOnlyList<string> asked, DpopKey? key)
    {
        var now = time.GetUtcNow();
        var row = await transaction.Connection!.QuerySingleOrDefaultAsync<Row>("""
            SELECT g.id AS grant_id, g.client_id, g.account_id, g.scope, g.authorization_details, g.signed_in_at, g.revoked_at,
                   r.expires_at, r.used_at, r.successor, r.proof_key
            FROM auth_refresh_token r JOIN auth_grant g ON g.id = r.grant_id
            WHERE r.hash = @hash
            """, new { hash }, transaction);
        if (row is null || row.ClientId != client.Id || row.RevokedAt is not null)
            return Unknown;
        // Before reuse is looked for: without the key nobody gets anything, nor ends anything.
        if (!DpopKey.Fits(row.ProofKey, key))
            return new TokenOutcome.Refused(OAuthError.InvalidGrant("The refresh token is bound to a key, which the request does not prove."));
        if (row.UsedAt is { } usedAt && (row.Successor is null || (!isProven && now - usedAt > options.Value.RefreshRetryWindow)))
            return await RevokeFamilyAsync(transaction, row);
        if (row.ExpiresAt <= now)
            return Unknown;
        // What the operator has taken from the client since is gone from its next tokens too.
        var granted = Scope.Split(row.Scope).Intersect(client.Scopes).ToList();
        if (granted.Count == 0)
            return new TokenOutcome.Refused(OAuthError.InvalidGrant("The client is registered for nothing of what was granted."));
        if (asked.Except(granted).Any())
            return new TokenOutcome.Refused(OAuthError.InvalidScope("scope is more than was granted."));

        var grant = new Grant(row.GrantId, row.ClientId, row.AccountId, row.Scope, row.AuthorizationDetails, row.SignedInAt);
        var accessScope = Scope.Join(asked.Count > 0 ? asked : granted);
        if (!await grants.HoldAsync(transaction, row.GrantId, withRefreshToken: row.UsedAt is null))
            return Unknown;
        if (row.UsedAt is not null)
        {
            log.LogInformation("Client {Client} repeats a refresh of grant {Grant}, whose answer it has not used.", client.Id, row.GrantId);
            var repeated = await grants.IssueAsync(transaction, grant, accessScope, refreshToken: null, key);
            return new TokenOutcome.Issued(repeated with { RefreshToken = SuccessorSeal.Open(token, row.Successor!) }, grant);
        }

        // Of two requests at once, on whatever processes, this lets one through; the other finds a used token.
        var successor = OpaqueToken.New();
        var claimed = await transaction.Connection!.ExecuteAsync(
            "UPDATE auth_refresh_token SET used_at = @now, successor = @kept WHERE hash = @hash AND used_at IS NULL",
            new { now, kept = SuccessorSeal.Seal(token, successor), hash }, transaction);
        if (claimed == 0)
            return await RotateAsync(transaction, client, isProven, token, hash, asked, key);
        // Whoever uses a token has received it, so the one before may not be asked again.
        await transaction.Connection!.ExecuteAsync(
            "UPDATE auth_refresh_token SET successor = NULL WHERE grant_id = @GrantId AND hash <> @hash AND successor IS NOT NULL",
            new { row.GrantId, hash }, transaction);
        return new TokenOutcome.Issued(await grants.IssueAsync(transaction, grant, accessScope, successor, key), grant);
    }

    private async Task<TokenOutcome> RevokeFamilyAsync(DbTransaction transaction, Row row)
    {
        await grants.RevokeAsync(transaction, row.GrantId);
        log.LogWarning("A refresh token of client {Client} was used twice; grant {Grant} is revoked.", row.ClientId, row.GrantId);
        return Unknown;
    }

    private sealed record Row(
        Guid GrantId, string ClientId, Guid? AccountId, string Scope, string? AuthorizationDetails, DateTimeOffset? SignedInAt,
        DateTimeOffset? RevokedAt, DateTimeOffset ExpiresAt, DateTimeOffset? UsedAt, byte[]? Successor, string? ProofKey);
}
