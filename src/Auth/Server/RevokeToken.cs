using Dapper;
using Rally.Auth.Apps;
using Rally.Auth.Links;
using Rally.Storage;

namespace Rally.Auth.Server;

/// <summary>
/// RFC 7009. A refresh token takes its whole grant with it, and with the last grant of an account the consent, so that
/// the client's own token no longer reaches the account, and a link that was made on the client's word; an access token
/// takes only itself. token_type_hint is not needed: both kinds are looked up by key.
/// </summary>
internal sealed class RevokeToken(Database database, GrantStore grants, Consents consents, VouchForLink vouch)
{
    /// <returns>Null when the token works no more, or never did.</returns>
    public async Task<OAuthError?> ExecuteAsync(Client client, Parameters form, CancellationToken stop)
    {
        if (form["token"] is not { } token)
            return OAuthError.InvalidRequest("token is required.");
        if (OpaqueToken.Hash(token) is not { } hash)
            return null;
        return await database.WriteAsync<OAuthError?>(async transaction =>
        {
            await vouch.LockAsync(transaction, client, stop);
            var row = await transaction.Connection!.QuerySingleOrDefaultAsync<Row>("""
                SELECT g.id AS grant_id, g.client_id, g.account_id, g.authorization_details, t.kind
                FROM (SELECT grant_id, 'refresh' AS kind FROM auth_refresh_token WHERE hash = @hash
                      UNION ALL
                      SELECT grant_id, 'access' AS kind FROM auth_access_token WHERE hash = @hash) t
                JOIN auth_grant g ON g.id = t.grant_id
                """, new { hash }, transaction);
            if (row is null)
                return null;
            if (row.ClientId != client.Id)
                return OAuthError.InvalidGrant("The token was issued to another client.");
            if (row.Kind == "refresh")
            {
                if (row.AccountId is { } accountId)
                {
                    await consents.EndGrantAsync(transaction, row.GrantId, accountId, client.Id, stop);
                    await vouch.TakeBackAsync(transaction, client, accountId, row.AuthorizationDetails);
                }
                else
                {
                    await grants.RevokeAsync(transaction, row.GrantId);
                }
            }
            else
            {
                await transaction.Connection!.ExecuteAsync(
                    "DELETE FROM auth_access_token WHERE hash = @hash", new { hash }, transaction);
            }

            return null;
        }, stop);
    }

    // Not positional: an account id is absent from a client's own grant, and SQLite then tells no type.
    private sealed record Row
    {
        public Guid GrantId { get; init; }

        public string ClientId { get; init; } = "";

        public Guid? AccountId { get; init; }

        public string? AuthorizationDetails { get; init; }

        public string Kind { get; init; } = "";
    }
}
