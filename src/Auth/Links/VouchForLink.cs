using System.Data.Common;
using Dapper;
using Rally.Auth.Apps;
using Rally.Auth.Server;

namespace Rally.Auth.Links;

/// <summary>
/// An app that the operator trusts with it says whose an identity elsewhere is, as a bot knows who gave it a command. What the
/// person has consented to becomes a link when the app redeems its code, and ends when the app gives its last token for it back.
/// </summary>
internal sealed class VouchForLink(LinkStore links, MakeLink makeLink, LinkTold told)
{
    public static readonly string Rule =
        $"An app with the scope {KnownScopes.VouchForLinks.Name} links accounts of Discord and Twitch, whose ids are numbers.";

    // A wallet shows by a signature whose it is, and by nothing else.
    private static readonly LinkProvider[] Providers = [LinkProvider.Discord, LinkProvider.Twitch];

    /// <summary>Whether the app's word is taken.</summary>
    public static bool IsTrusted(Client client) => client.Scopes.Contains(KnownScopes.VouchForLinks.Name);

    /// <returns>What would be linked; null when the app's word is not taken, or it names nothing that can be linked here.</returns>
    public static ProvenIdentity? IdentityOf(Client client, IdentityLink? link) =>
        link is not null && IsTrusted(client) && link.Id.All(char.IsAsciiDigit) &&
        Providers.FirstOrDefault(provider => provider.Title.Equals(link.Provider, StringComparison.OrdinalIgnoreCase)) is { } known
            ? new(known, link.Id, link.Name, LinkFlow.Vouched, link.Guild)
            : null;

    /// <summary>What is in the way of the link that a request asks for; null when nothing is, or it asks for none.</summary>
    public async Task<MakeLink.Result?> FindObstacleAsync(Guid accountId, AuthorizationRequest request, CancellationToken stop)
    {
        if (IdentityOf(request.Client, request.Link) is not { } identity)
            return null;
        var (provider, subject) = (identity.Provider.Key, identity.Subject);
        if ((await links.OfAsync(accountId, stop)).FirstOrDefault(link => link.Provider == provider && link.Subject != subject) is { } other)
            return new MakeLink.Result.HasOther(other.Name);
        return await links.OwnerOfAsync(provider, subject, stop) is { } owner && owner != accountId ? new MakeLink.Result.MoveAsked() : null;
    }

    /// <summary>Comes before anything that the transaction writes, where <see cref="LinkAsync"/> or <see cref="TakeBackAsync"/> may follow.</summary>
    public Task LockAsync(DbTransaction transaction, Client client, CancellationToken stop) =>
        IsTrusted(client) ? links.LockAsync(transaction, stop) : Task.CompletedTask;

    /// <summary>Makes the link that a grant names, if it names one.</summary>
    /// <returns>What was in the way, since the person consented; null when nothing was.</returns>
    public async Task<OAuthError?> LinkAsync(DbTransaction transaction, Client client, Grant grant)
    {
        if (grant.AccountId is not { } accountId || IdentityIn(client, grant.AuthorizationDetails) is not { } identity)
            return null;
        return await makeLink.ExecuteAsync(transaction, accountId, identity) switch
        {
            MakeLink.Result.Linked => null,
            MakeLink.Result.HasOther => OAuthError.InvalidGrant("The account has another identity of that provider linked."),
            _ => OAuthError.InvalidGrant("The identity is linked to another account, which is asked on its page of linked accounts."),
        };
    }

    /// <summary>Ends the link that a revoked grant named, if nothing but the app's word was behind it and no other grant names it.</summary>
    public async Task TakeBackAsync(DbTransaction transaction, Client client, Guid accountId, string? authorizationDetails)
    {
        if (IdentityIn(client, authorizationDetails) is not { } identity)
            return;
        var (provider, subject) = (identity.Provider.Key, identity.Subject);
        if ((await LinkStore.ClientsThroughAsync(transaction, accountId, provider, subject)).Count > 0)
            return;
        var ended = await transaction.Connection!.ExecuteAsync(
            "DELETE FROM auth_link WHERE provider = @provider AND subject = @subject AND account_id = @accountId AND flow = @Flow",
            new { provider, subject, accountId, identity.Flow }, transaction);
        if (ended == 0)
            return;
        await LinkStore.EndMoveAsync(transaction, provider, subject);
        await told.UnlinkedAsync(transaction, accountId, provider);
    }

    private static ProvenIdentity? IdentityIn(Client client, string? authorizationDetails) =>
        IdentityOf(client, AuthorizationDetails.Parse(authorizationDetails)?.Link);
}
