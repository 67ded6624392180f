using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;

namespace Rally.Auth.Accounts;

/// <summary>Who is signed in in this browser. The session is a cookie of its own scheme and never opens the API.</summary>
internal sealed class BrowserSession(AccountStore accounts, SignInManager<Account> signIn)
{
    /// <summary>
    /// The account whose browser this is, or null. Anti-forgery tokens are bound to the request's user, so that is
    /// set too.
    /// </summary>
    public async Task<Account?> FindAccountAsync(HttpContext context)
    {
        var session = await context.AuthenticateAsync(IdentityConstants.ApplicationScheme);
        if (session.Principal?.FindFirstValue(ClaimTypes.NameIdentifier) is not { } id ||
            await accounts.FindByIdAsync(id, context.RequestAborted) is not { } account)
            return null;
        context.User = session.Principal;
        return account;
    }

    public Task BeginAsync(Account account) => signIn.SignInAsync(account, isPersistent: true);

    public static Task EndAsync(HttpContext context) => context.SignOutAsync(IdentityConstants.ApplicationScheme);
}
