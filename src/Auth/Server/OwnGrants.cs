using System.Collections.Concurrent;
using System.Data.Common;
using Rally.Auth.Server.Dpop;

namespace Rally.Auth.Server;

/// <summary>
/// The grants of clients' own tokens. Those of one client with one scope share a grant for a day: an access token is revoked alone,
/// so that nothing tells them apart, and a grant of its own was half of what the store had to write for each.
/// </summary>
internal sealed class OwnGrants(GrantStore grants, TimeProvider time)
{
    private const int Most = 10_000;
    private static readonly TimeSpan Shared = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<(string ClientId, string Scope), (Guid Id, DateTimeOffset Until)> _latest = new();

    /// <summary>The grant that the next token of this client and scope may share; it may be gone meanwhile.</summary>
    public (Guid Id, string Scope)? Find(string clientId, IReadOnlyList<string> scopes)
    {
        var which = (clientId, Scope.Join(scopes));
        return _latest.TryGetValue(which, out var latest) && latest.Until > time.GetUtcNow() ? (latest.Id, which.Item2) : null;
    }

    public async Task<(Grant Grant, TokenResponse Response)> IssueAsync(
        DbTransaction transaction, string clientId, IReadOnlyList<string> scopes, DpopKey? key)
    {
        // It may be gone, or rolled back with the write that made it.
        if (Find(clientId, scopes) is { } latest && await grants.TryIssueAsync(transaction, latest.Id, latest.Scope, key) is { } response)
            return (new(latest.Id, clientId, AccountId: null, latest.Scope, AuthorizationDetails: null, SignedInAt: null), response);

        // Clients may ask for any part of their scopes.
        if (_latest.Count >= Most)
            _latest.Clear();
        var made = await grants.IssueOwnAsync(transaction, clientId, scopes, refreshToken: null, key, lasts: Shared);
        _latest[(clientId, made.Grant.Scope)] = (made.Grant.Id, time.GetUtcNow() + Shared);
        return made;
    }
}
