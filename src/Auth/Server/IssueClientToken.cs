using Rally.Storage;

namespace Rally.Auth.Server;

/// <summary>Client credentials (RFC 6749, 4.4): a token for the client itself. Without a scope, all it is registered for.</summary>
internal sealed class IssueClientToken(Database database, GrantStore grants)
{
    public async Task<TokenOutcome> ExecuteAsync(Client client, Parameters form, CancellationToken stop)
    {
        var asked = Scope.Split(form["scope"]);
        if (asked.Except(client.Scopes).Any())
            return new TokenOutcome.Refused(OAuthError.InvalidScope("The client is not registered for a scope it asks for."));
        var scopes = asked.Count > 0 ? asked : client.Scopes;
        return await database.WriteAsync(async transaction =>
        {
            var grant = await grants.AddAsync(transaction, client.Id, accountId: null, scopes);
            return new TokenOutcome.Issued(await grants.IssueAsync(transaction, grant, grant.Scope, withRefreshToken: false));
        }, stop);
    }
}
