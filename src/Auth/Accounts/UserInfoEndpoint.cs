using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Rally.Auth.Apps;

namespace Rally.Auth.Accounts;

/// <summary>
/// /oauth2/userinfo: who the token's account is (OpenID Connect Core, 5.3). Its route asks for the scope openid or profile,
/// and a subject; names are for profile only.
/// </summary>
internal sealed class UserInfoEndpoint(AccountStore accounts)
{
    public async Task<IResult> HandleAsync(HttpContext context)
    {
        var account = await accounts.FindByIdAsync(context.User.FindFirstValue("sub")!, context.RequestAborted)
            ?? throw new InvalidOperationException("A token outlived its account.");
        context.Response.Headers.CacheControl = "no-store";
        // rnbUserId is what clients of the first Rally read.
        return context.User.HasClaim("scope", KnownScopes.Profile.Name)
            ? Results.Json(new { sub = account.Id, preferred_username = account.UserName, username = account.UserName, rnbUserId = account.Id })
            : Results.Json(new { sub = account.Id });
    }
}
