using Dapper;
using Microsoft.Extensions.Options;
using Rally.Auth.Apps;
using Rally.Auth.Spending;
using Rally.Storage;

namespace Rally.Auth.Server;

/// <summary>Gives a client an authorization code for what a person consented to, and remembers the consent.</summary>
internal sealed class IssueCode(
    Database database, GrantStore grants, Consents consents, LimitStore limits, IOptions<AuthOptions> options, TimeProvider time)
{
    /// <param name="request">What was asked.</param>
    /// <param name="accountId">Who consented.</param>
    /// <param name="decided">The spending limits that the person has decided on now.</param>
    /// <param name="signedInAt">When that person had signed in.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>The code; null when the request was pushed and is answered already.</returns>
    public Task<string?> ExecuteAsync(AuthorizationRequest request, Guid accountId, IReadOnlyList<SpendingLimit> decided, DateTimeOffset signedInAt, CancellationToken stop) =>
        database.WriteAsync<string?>(async transaction =>
        {
            if (request.Pushed is { } hash && !await PushedRequests.TakeAsync(transaction, hash))
                return null;
            await consents.AddAsync(transaction, accountId, request.Client.Id, request.Scopes, stop);
            await limits.SetAsync(transaction, accountId, request.Client.Id, decided);
            // Of limits, those the app asked about: what it may spend of them in truth.
            var granted = request.Limits.Count == 0 ? [] : (await LimitStore.OfAsync(transaction.Connection!, transaction, accountId, request.Client.Id))
                .Where(limit => request.Limits.Any(asked => asked.Coin == limit.Coin));
            var grant = await grants.AddAsync(
                transaction, request.Client.Id, accountId, request.Scopes, AuthorizationDetails.ToJson(request.Link, granted), signedInAt);
            var code = OpaqueToken.New();
            await transaction.Connection!.ExecuteAsync("""
                INSERT INTO auth_code (hash, grant_id, redirect_uri, code_challenge, nonce, proof_key, expires_at)
                VALUES (@hash, @Id, @RedirectUri, @CodeChallenge, @Nonce, @ProofKey, @expiresAt)
                """,
                new
                {
                    hash = OpaqueToken.Hash(code),
                    grant.Id,
                    request.RedirectUri,
                    request.CodeChallenge,
                    request.Nonce,
                    request.ProofKey,
                    expiresAt = time.GetUtcNow() + options.Value.CodeLifetime,
                }, transaction);
            return code;
        }, stop);
}
