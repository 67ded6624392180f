using Rally.Auth.Server.Dpop;
using Rally.Storage;

namespace Rally.Auth.Server;

/// <summary>
/// Client credentials (RFC 6749, 4.4): a token for the client itself, never with a scope that acts for a person. Without
/// a scope asked for, all that it is registered for and that may be had so.
/// </summary>
internal sealed class IssueClientToken(Database database, GrantStore grants, OwnGrants own, ScopeCatalog catalog)
{
    public async Task<TokenOutcome> ExecuteAsync(Client client, Parameters form, DpopKey? key, CancellationToken stop)
    {
        var asked = Scope.Split(form["scope"]);
        if (asked.Except(client.Scopes).Any())
            return new TokenOutcome.Refused(OAuthError.InvalidScope("The client is not registered for a scope it asks for."));
        if (!asked.All(catalog.IsForClients))
            return new TokenOutcome.Refused(OAuthError.InvalidScope("A scope asked for is only on tokens that a person gave."));
        IReadOnlyList<string> scopes = asked.Count > 0 ? asked : [.. client.Scopes.Where(catalog.IsForClients)];
        return await IssueAsync(client, scopes, refreshToken: null, key, stop);
    }

    /// <summary>
    /// All that the client is registered for and that may be had so, with a refresh token: only for the former Rally's API,
    /// RFC 6749, 4.4.3, advises against it.
    /// </summary>
    public Task<TokenOutcome> WithRefreshTokenAsync(Client client, CancellationToken stop) =>
        IssueAsync(client, [.. client.Scopes.Where(catalog.IsForClients)], OpaqueToken.New(), key: null, stop);

    private Task<TokenOutcome> IssueAsync(Client client, IReadOnlyList<string> scopes, string? refreshToken, DpopKey? key, CancellationToken stop) =>
        database.WriteTogetherAsync<TokenOutcome>(async transaction =>
        {
            var (grant, response) = refreshToken is null
                ? await own.IssueAsync(transaction, client.Id, scopes, key)
                : await grants.IssueOwnAsync(transaction, client.Id, scopes, refreshToken, key);
            return new TokenOutcome.Issued(response, grant);
        }, stop);
}
