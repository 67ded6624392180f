using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Rally.Auth.Apps;

namespace Rally.Auth.Former;

/// <summary>Whose token a request of the former API carries.</summary>
/// <param name="ClientId">The app.</param>
/// <param name="AccountId">The one person it acts for; null for the app's own, which reaches everybody who linked it.</param>
internal sealed record FormerCaller(string ClientId, Guid? AccountId)
{
    public const string TokenNeeded = "A valid access token is needed in the Authorization header: get one from /v1/oauth/register or /v1/oauth/refresh.";

    public const string NotLinked = "The token does not reach this account: its owner must link the app first.";

    /// <returns>Null when there is no valid token.</returns>
    public static FormerCaller? Of(ClaimsPrincipal user) => user.FindFirstValue("client_id") is { } client
        ? new(client, Guid.TryParse(user.FindFirstValue("sub"), out var account) ? account : null)
        : null;

    /// <summary>The caller with the app's own token, or what to answer.</summary>
    public static (FormerCaller? App, IResult? Problem) OfApp(HttpContext context) => Of(context.User) switch
    {
        null => (null, FormerJson.Unauthorized(context, TokenNeeded)),
        { AccountId: not null } => (null, FormerJson.Forbidden("app-token-needed", "This is for the app's own token, not for one that a person gave it.")),
        var app => (app, null),
    };

    /// <summary>Whether this account has linked the app, and the token reaches it.</summary>
    public async Task<bool> ReachesAsync(Guid account, Consents consents, CancellationToken stop) =>
        (AccountId is null || AccountId == account) && await consents.CoverAsync(account, ClientId, [KnownScopes.Profile.Name], stop);
}
