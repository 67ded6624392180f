using Microsoft.AspNetCore.Http;
using Rally.Auth.Pages;
using Rally.Auth.Server;

namespace Rally.Auth.Accounts;

/// <summary>
/// Before something that matters, whoever sits at a browser shows once more that they are its account's owner, unless they
/// have done so in the last quarter of an hour: a browser that was left open, or a stolen cookie, is not enough.
/// </summary>
internal sealed class RecentProof(TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    /// <param name="context">A request in which <see cref="BrowserSession.FindAccountAsync"/> has found somebody.</param>
    public bool IsThere(HttpContext context) => time.GetUtcNow() - BrowserSession.ProvenAt(context) <= Lifetime;

    /// <summary>To the page that asks, and from there to <paramref name="page"/>.</summary>
    public static SeeOther Ask(string page) => new(ReturnUrl.With(Paths.Prove, page));
}
