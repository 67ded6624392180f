using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;

namespace Rally.Auth.Accounts;

/// <summary>Who is signed in in this browser. The session is a cookie of its own scheme and never opens the API.</summary>
internal sealed class BrowserSession(AccountStore accounts, SignInManager<Account> signIn, TimeProvider time)
{
    private const string SignedInAt = "signed_in_at";

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

    /// <summary>When the person of this browser signed in; the session's own time moves on with each renewal.</summary>
    public static async Task<DateTimeOffset> SignedInAtAsync(HttpContext context)
    {
        var session = await context.AuthenticateAsync(IdentityConstants.ApplicationScheme);
        return session.Properties?.GetString(SignedInAt) is { } kept && long.TryParse(kept, CultureInfo.InvariantCulture, out var milliseconds)
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : session.Properties?.IssuedUtc ?? DateTimeOffset.UnixEpoch;
    }

    public Task BeginAsync(Account account)
    {
        var session = new AuthenticationProperties { IsPersistent = true };
        session.SetString(SignedInAt, time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
        return signIn.SignInAsync(account, session);
    }

    public static Task EndAsync(HttpContext context) => context.SignOutAsync(IdentityConstants.ApplicationScheme);
}
