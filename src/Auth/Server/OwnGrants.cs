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

    public async Task<(Grant Grant, TokenResponse Response)> IssueAsync(
        DbTransaction transaction, string clientId, IReadOnlyList<string> scopes, DpopKey? key)
    {
        var now = time.GetUtcNow();
        var which = (clientId, Scope.Join(scopes));
        // It may be gone, or rolled back with the write that made it.
        if (_latest.TryGetValue(which, out var latest) && latest.Until > now
            && await grants.TryIssueAsync(transaction, latest.Id, which.Item2, key) is { } response)
            return (new(latest.Id, clientId, AccountId: null, which.Item2, AuthorizationDetails: null, SignedInAt: null), response);

        // Clients may ask for any part of their scopes.
        if (_latest.Count >= Most)
            _latest.Clear();
        var made = await grants.IssueOwnAsync(transaction, clientId, scopes, refreshToken: null, key, lasts: Shared);
        _latest[which] = (made.Grant.Id, now + Shared);
        return made;
    }
}
