using System.Data.Common;
using Dapper;
using Microsoft.Extensions.Logging;
using Rally.Auth.Apps;
using Rally.Auth.Links;
using Rally.Auth.Server.Dpop;
using Rally.Storage;

namespace Rally.Auth.Server;

/// <summary>
/// Turns an authorization code into tokens, once. A second use means that the code leaked: it is refused, and what
/// the first use issued is revoked (RFC 6749, 4.1.2).
/// </summary>
internal sealed class RedeemCode(
    Database database, GrantStore grants, Consents consents, VouchForLink vouch, TimeProvider time, ILogger<RedeemCode> log)
{
    public async Task<TokenOutcome> ExecuteAsync(Client client, Parameters form, DpopKey? key, CancellationToken stop)
    {
        if (form["code"] is not { } code || form["redirect_uri"] is not { } redirectUri || form["code_verifier"] is not { } verifier)
            return new TokenOutcome.Refused(OAuthError.InvalidRequest("code, redirect_uri and code_verifier are required."));
        if (OpaqueToken.Hash(code) is not { } hash)
            return Unknown;
        return await database.WriteTogetherAsync(
            async transaction =>
            {
                await vouch.LockAsync(transaction, client, stop);
                // Of two requests at once, on whatever processes, the second finds the code used before it holds the grant.
                await database.SerializeAsync(transaction, $"auth.code.{Convert.ToHexStringLower(hash)}", stop);
                return await RedeemAsync(transaction, client, hash, redirectUri, verifier, key, stop);
            }, stop);
    }

    private static TokenOutcome.Refused Unknown { get; } =
        new(OAuthError.InvalidGrant("The code is unknown, expired, used, revoked, or another client's."));

    private async Task<TokenOutcome> RedeemAsync(
        DbTransaction transaction, Client client, byte[] hash, string redirectUri, string verifier, DpopKey? key,
        CancellationToken stop)
    {
        var now = time.GetUtcNow();
        var row = await transaction.Connection!.QuerySingleOrDefaultAsync<Row>("""
            SELECT g.id AS grant_id, g.client_id, g.account_id, g.scope, g.authorization_details, g.signed_in_at, g.revoked_at,
                   c.redirect_uri, c.code_challenge, c.nonce, c.expires_at, c.used_at, c.proof_key
            FROM auth_code c JOIN auth_grant g ON g.id = c.grant_id
            WHERE c.hash = @hash
            """, new { hash }, transaction);
        if (row is null || row.ClientId != client.Id || row.RevokedAt is not null)
            return Unknown;
        if (row.UsedAt is not null)
            return await RevokeReplayedAsync(transaction, row);
        if (row.ExpiresAt <= now)
            return Unknown;
        if (row.RedirectUri != redirectUri)
            return new TokenOutcome.Refused(OAuthError.InvalidGrant("redirect_uri is not the one the code was issued for."));
        if (!Pkce.Proves(verifier, row.CodeChallenge))
            return new TokenOutcome.Refused(OAuthError.InvalidGrant("code_verifier does not fit the code_challenge."));
        if (!DpopKey.Fits(row.ProofKey, key))
            return new TokenOutcome.Refused(OAuthError.InvalidGrant("The code is bound to the key of dpop_jkt, which the request does not prove."));

        // A link that cannot be made ends the grant with its consent, whose lock comes before either.
        if (VouchForLink.IsTrusted(client))
            await consents.LockAsync(transaction, row.AccountId, stop);
        var refreshToken = client.MayUse(GrantType.RefreshToken) ? OpaqueToken.New(now) : null;
        if (!await grants.HoldAsync(transaction, row.GrantId, refreshToken))
            return Unknown;
        // The lock has kept every other use out; should it ever not have, nothing of this one may come to be.
        var claimed = await transaction.Connection!.ExecuteAsync(
            "UPDATE auth_code SET used_at = @now WHERE hash = @hash AND used_at IS NULL", new { now, hash }, transaction);
        if (claimed != 1)
            throw new InvalidOperationException("A code was used beside the lock that keeps others from using it.");
        var grant = new Grant(row.GrantId, row.ClientId, row.AccountId, row.Scope, row.AuthorizationDetails, row.SignedInAt);
        if (await vouch.LinkAsync(transaction, client, grant) is { } obstacle)
        {
            await consents.EndGrantAsync(transaction, grant.Id, row.AccountId, client.Id, stop);
            return new TokenOutcome.Refused(obstacle);
        }

        var response = await grants.IssueAsync(transaction, grant, grant.Scope, refreshToken, key);
        return new TokenOutcome.Issued(response, grant, row.Nonce);
    }

    private async Task<TokenOutcome> RevokeReplayedAsync(DbTransaction transaction, Row row)
    {
        await grants.RevokeAsync(transaction, row.GrantId);
        log.LogWarning("A code of client {Client} was used twice; grant {Grant} is revoked.", row.ClientId, row.GrantId);
        return Unknown;
    }

    private sealed record Row(
        Guid GrantId, string ClientId, Guid AccountId, string Scope, string? AuthorizationDetails, DateTimeOffset? SignedInAt,
        DateTimeOffset? RevokedAt, string RedirectUri, string CodeChallenge, string? Nonce, DateTimeOffset ExpiresAt, DateTimeOffset? UsedAt,
        string? ProofKey);
}
