using Microsoft.AspNetCore.Http;

namespace Rally.Webhooks.Pages;

/// <summary>
/// What pages about a person's own apps need of whoever keeps people and apps: who is there, forms that only our pages can send, and the
/// look and the headers that all pages have. The host registers one where these pages are to be.
/// </summary>
public interface IOwnerSite
{
    /// <summary>Finds the app that a request is about. Comes before <see cref="ReadFormAsync"/>.</summary>
    /// <param name="context">The request.</param>
    /// <param name="clientId">The app, as the request says.</param>
    /// <param name="page">Where to come back to after signing in.</param>
    Task<OwnerVisit> FindAsync(HttpContext context, string? clientId, string page);

    /// <summary>The hidden field that every form has, as HTML.</summary>
    string FormToken(HttpContext context);

    /// <returns>The form's fields by name, null for one that is empty or there twice; null when the form is not from a page of ours.</returns>
    Task<Func<string, string?>?> ReadFormAsync(HttpContext context);

    /// <summary>The answer to a form that is not from a page of ours.</summary>
    IResult Stale();

    /// <summary>A whole page.</summary>
    /// <param name="title">Its heading, not encoded.</param>
    /// <param name="main">What stands below the heading, as HTML.</param>
    /// <param name="status">The answer's status.</param>
    IResult Page(string title, string main, int status);

    /// <summary>303 to a path of this server.</summary>
    IResult GoTo(string path);

    /// <summary>To where the owner shows that it is still them, and from there to a path of this server.</summary>
    IResult AskForProof(string path);

    /// <summary>Where they can do so beforehand.</summary>
    string ProofAddress(string path);

    /// <summary>The app's own page.</summary>
    string AddressOfApp(string clientId);
}

/// <summary>Whether the person at a browser owns the app that a page is about.</summary>
public abstract record OwnerVisit
{
    private OwnerVisit()
    {
    }

    /// <summary>They do.</summary>
    /// <param name="ClientId">The app.</param>
    /// <param name="AppName">What people see.</param>
    /// <param name="MaySubscribe">Whether the app is registered to be told of events.</param>
    /// <param name="ProposedUrl">What a new endpoint's address may be; null for nothing.</param>
    /// <param name="IsProven">Whether they have shown lately that it is them, which what matters takes.</param>
    public sealed record Welcome(string ClientId, string AppName, bool MaySubscribe, string? ProposedUrl, bool IsProven) : OwnerVisit;

    /// <summary>They do not, or are not signed in; the answer says so.</summary>
    public sealed record Refused(IResult Answer) : OwnerVisit;
}
