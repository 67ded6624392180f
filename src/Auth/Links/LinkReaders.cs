using Rally.Auth.Apps;

namespace Rally.Auth.Links;

/// <summary>Looks up which apps an account lets know what it is linked with.</summary>
public sealed class LinkReaders
{
    private readonly Consents _consents;

    internal LinkReaders(Consents consents) => _consents = consents;

    /// <summary>Whether the account has consented to <c>links:read</c> for the app.</summary>
    public Task<bool> MayReadAsync(string clientId, Guid account, CancellationToken stop) =>
        _consents.CoverAsync(account, clientId, [KnownScopes.ReadLinks.Name], stop);
}
