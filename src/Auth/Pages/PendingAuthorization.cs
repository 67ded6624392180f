using Rally.Auth.Server;

namespace Rally.Auth.Pages;

/// <summary>The authorization request, if any, that a person signs in or up for.</summary>
internal sealed class PendingAuthorization(AuthorizationRequestReader requests)
{
    /// <param name="returnUrl">Where sign-in goes on to.</param>
    public async Task<AuthorizationRequest?> FindAsync(string returnUrl, CancellationToken stop)
    {
        const string Start = Paths.Authorize + "?";
        if (!returnUrl.StartsWith(Start, StringComparison.Ordinal))
            return null;
        var reading = await requests.ReadAsync(Parameters.OfQuery(returnUrl[Start.Length..]), stop);
        return (reading as AuthorizationRequest.Valid)?.Request;
    }

    /// <summary>Who asks, above the sign-in and sign-up forms.</summary>
    public static Html Describe(AuthorizationRequest? request) => request is null ? Html.Empty : $"""
        <p><strong>{request.Client.Name}</strong> {AppIntro.By(request.Client)} asks for access to your Rally account.</p>
        {(request.Link is { } link ? LinkSentence(request, link, $"the Rally account you sign in with") : Html.Empty)}
        """;

    /// <summary>
    /// What will be linked to what. The outside name is anyone's choice of characters: bdi keeps those that turn the
    /// writing direction from rearranging the sentence.
    /// </summary>
    public static Html LinkSentence(AuthorizationRequest request, IdentityLink link, Html account) => $"""
        <p class="link">{request.Client.Name} will link {account} to the {link.Provider} account
        <strong><bdi>{link.Name}</bdi></strong> ({link.Id}). If that is not yours, do not go on.</p>
        """;
}
