using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Identity;

namespace Rally.Auth.Accounts;

/// <summary>
/// Who is signed in in this browser. The cookie, of a scheme of its own that never opens the API, names a session in the
/// store; it is worth nothing when that has ended, or when the account has got another security stamp.
/// </summary>
internal sealed class BrowserSession(Sessions sessions, AccountStore accounts, SignInManager<Account> signIn)
{
    private const string IdClaim = "sid";

    /// <summary>
    /// The account whose browser this is, or null. Anti-forgery tokens are bound to the request's user, so that is
    /// set too.
    /// </summary>
    public async Task<Account?> FindAccountAsync(HttpContext context)
    {
        if (context.Features.Get<SignedIn>() is { } known)
            return known.Account;
        var ticket = await context.AuthenticateAsync(IdentityConstants.ApplicationScheme);
        if (!Guid.TryParse(ticket.Principal?.FindFirstValue(IdClaim), out var id) ||
            await sessions.UseAsync(id, AddressOf(context), context.RequestAborted) is not var (account, signedInAt, provenAt) ||
            account.SecurityStamp != ticket.Principal.FindFirstValue(signIn.Options.ClaimsIdentity.SecurityStampClaimType))
            return null;
        context.Features.Set(new SignedIn(account, id, signedInAt, provenAt));
        context.User = ticket.Principal;
        return account;
    }

    /// <summary>When the person of the session that <see cref="FindAccountAsync"/> has found signed in.</summary>
    public static DateTimeOffset SignedInAt(HttpContext context) => context.Features.GetRequiredFeature<SignedIn>().At;

    /// <summary>When that person last showed more than the browser: at sign-in, or when asked once more.</summary>
    public static DateTimeOffset ProvenAt(HttpContext context) => context.Features.GetRequiredFeature<SignedIn>().ProvenAt;

    /// <summary>The session in which <see cref="FindAccountAsync"/> has found somebody.</summary>
    public static Guid IdOf(HttpContext context) => context.Features.GetRequiredFeature<SignedIn>().SessionId;

    /// <summary>Signs this browser in; what it was signed in as before ends.</summary>
    public async Task BeginAsync(HttpContext context, Account account)
    {
        if (await FindAccountAsync(context) is { } before)
            await sessions.EndAsync(before.Id, IdOf(context), context.RequestAborted);
        var id = await sessions.AddAsync(account.Id, BrowserName.Of(context.Request.Headers.UserAgent), AddressOf(context), context.RequestAborted);
        await WriteCookieAsync(account, id);
    }

    /// <summary>Lets this browser stay signed in although its account has got another security stamp.</summary>
    public async Task KeepAsync(HttpContext context)
    {
        var kept = context.Features.GetRequiredFeature<SignedIn>();
        if (await accounts.FindAsync(kept.Account.Id, context.RequestAborted) is { } account)
            await WriteCookieAsync(account, kept.SessionId);
    }

    public async Task EndAsync(HttpContext context)
    {
        if (await FindAccountAsync(context) is { } account)
            await sessions.EndAsync(account.Id, IdOf(context), context.RequestAborted);
        await context.SignOutAsync(IdentityConstants.ApplicationScheme);
    }

    private Task WriteCookieAsync(Account account, Guid id) =>
        signIn.SignInWithClaimsAsync(account, isPersistent: true, [new Claim(IdClaim, id.ToString())]);

    private static string AddressOf(HttpContext context) => CallerAddress.Text(context.Connection.RemoteIpAddress);

    private sealed record SignedIn(Account Account, Guid SessionId, DateTimeOffset At, DateTimeOffset ProvenAt);
}
