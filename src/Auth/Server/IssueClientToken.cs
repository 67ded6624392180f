using Rally.Auth.Server.Dpop;
using Rally.Storage;

namespace Rally.Auth.Server;

/// <summary>
/// Client credentials (RFC 6749, 4.4): a token for the client itself, never with a scope that acts for a person. Without
/// a scope asked for, all that it is registered for and that may be had so.
/// </summary>
internal sealed class IssueClientToken(Database database, GrantStore grants, OwnGrants own, KnownClients clients, ScopeCatalog catalog, TimeProvider time)
{
    public async Task<TokenOutcome> ExecuteAsync(Client client, Parameters form, DpopKey? key, CancellationToken stop)
    {
        var (scopes, fault) = ScopesOf(client, form);
        if (fault is not null)
            return new TokenOutcome.Refused(OAuthError.InvalidScope(fault));
        clients.Remember(KnownClient.Of(client));
        return await IssueAsync(client, scopes, refreshToken: null, key, stop);
    }

    /// <summary>A bearer token for a client as it is remembered, if the store still has it so.</summary>
    /// <returns>Null when it has not, or the client has no grant yet, or what it asks for is to be refused.</returns>
    public async Task<TokenResponse?> TryKnownAsync(KnownClient known, Parameters form, CancellationToken stop)
    {
        if (!known.Client.MayUse(GrantType.ClientCredentials) || ScopesOf(known.Client, form) is not (var scopes, null))
            return null;
        return own.Find(known.Client.Id, scopes) is { } grant
            ? await database.WriteTogetherAsync(transaction => grants.TryIssueAsync(transaction, grant.Id, grant.Scope, known), stop)
            : null;
    }

    private (IReadOnlyList<string> Scopes, string? Fault) ScopesOf(Client client, Parameters form)
    {
        var asked = Scope.Split(form["scope"]);
        if (asked.Count == 0)
            return ([.. client.Scopes.Where(catalog.IsForClients)], null);
        if (asked.Except(client.Scopes).Any())
            return ([], "The client is not registered for a scope it asks for.");
        return asked.All(catalog.IsForClients) ? (asked, null) : ([], "A scope asked for is only on tokens that a person gave.");
    }

    /// <summary>
    /// All that the client is registered for and that may be had so, with a refresh token: only for the former Rally's API,
    /// RFC 6749, 4.4.3, advises against it.
    /// </summary>
    public Task<TokenOutcome> WithRefreshTokenAsync(Client client, CancellationToken stop) =>
        IssueAsync(client, [.. client.Scopes.Where(catalog.IsForClients)], OpaqueToken.New(time.GetUtcNow()), key: null, stop);

    private Task<TokenOutcome> IssueAsync(Client client, IReadOnlyList<string> scopes, string? refreshToken, DpopKey? key, CancellationToken stop) =>
        database.WriteTogetherAsync<TokenOutcome>(async transaction =>
        {
            var (grant, response) = refreshToken is null
                ? await own.IssueAsync(transaction, client.Id, scopes, key)
                : await grants.IssueOwnAsync(transaction, client.Id, scopes, refreshToken, key);
            return new TokenOutcome.Issued(response, grant);
        }, stop);
}
