using Dapper;
using Microsoft.Extensions.Options;
using Rally.Auth.Apps;
using Rally.Storage;

namespace Rally.Auth.Server;

/// <summary>Gives a client an authorization code for what a person consented to, and remembers the consent.</summary>
internal sealed class IssueCode(
    Database database, GrantStore grants, Consents consents, IOptions<AuthOptions> options, TimeProvider time)
{
    /// <returns>The code; null when the request was pushed and is answered already.</returns>
    public Task<string?> ExecuteAsync(AuthorizationRequest request, Guid accountId, DateTimeOffset signedInAt, CancellationToken stop) =>
        database.WriteAsync<string?>(async transaction =>
        {
            if (request.Pushed is { } hash && !await PushedRequests.TakeAsync(transaction, hash))
                return null;
            await consents.AddAsync(transaction, accountId, request.Client.Id, request.Scopes, stop);
            var grant = await grants.AddAsync(
                transaction, request.Client.Id, accountId, request.Scopes, request.Link?.ToJson(), signedInAt);
            var code = OpaqueToken.New();
            await transaction.Connection!.ExecuteAsync("""
                INSERT INTO auth_code (hash, grant_id, redirect_uri, code_challenge, nonce, expires_at)
                VALUES (@hash, @Id, @RedirectUri, @CodeChallenge, @Nonce, @expiresAt)
                """,
                new
                {
                    hash = OpaqueToken.Hash(code),
                    grant.Id,
                    request.RedirectUri,
                    request.CodeChallenge,
                    request.Nonce,
                    expiresAt = time.GetUtcNow() + options.Value.CodeLifetime,
                }, transaction);
            return code;
        }, stop);
}
