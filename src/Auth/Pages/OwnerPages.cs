using Microsoft.AspNetCore.Http;
using Rally.Auth.Accounts;
using Rally.Auth.Apps;
using Rally.Auth.Server;

namespace Rally.Auth.Pages;

/// <summary>
/// Pages about somebody's own app that other modules make, by way of the host: who is there and whether the app is theirs, forms that
/// only such pages can send, and the look and the headers of all pages here.
/// </summary>
public sealed class OwnerPages
{
    private readonly BrowserSession _session;
    private readonly RecentProof _proof;
    private readonly ClientStore _clients;
    private readonly Forms _forms;

    internal OwnerPages(BrowserSession session, RecentProof proof, ClientStore clients, Forms forms) =>
        (_session, _proof, _clients, _forms) = (session, proof, clients, forms);

    /// <summary>An app of the person at the browser.</summary>
    /// <param name="ClientId">Its id.</param>
    /// <param name="Name">What people see.</param>
    /// <param name="Scopes">The most it may ask for.</param>
    /// <param name="Webhook">The webhook address it is registered with; null for none.</param>
    /// <param name="IsProven">Whether its owner has shown lately that it is them.</param>
    public sealed record OwnApp(string ClientId, string Name, IReadOnlyList<string> Scopes, string? Webhook, bool IsProven);

    /// <summary>The answer when <see cref="ReadFormAsync"/> gives null.</summary>
    public static IResult Stale => Forms.Stale;

    /// <summary>A whole page.</summary>
    /// <param name="title">Its heading; it is encoded here.</param>
    /// <param name="main">What stands below the heading, as HTML.</param>
    /// <param name="status">The answer's status.</param>
    public static IResult Page(string title, string main, int status = StatusCodes.Status200OK)
    {
        Html html = new(main?.Length ?? 0, 0);
        html.AppendLiteral(main ?? "");
        return new PageResult(title, html, status);
    }

    /// <summary>303 to a path of this server.</summary>
    public static IResult GoTo(string path) => new SeeOther(path);

    /// <summary>To where its owner shows that it is still them, and from there to a path of this server.</summary>
    public static IResult AskForProof(string path) => RecentProof.Ask(path);

    /// <summary>Where an owner can show that it is still them before they change something, and go on to a path of this server.</summary>
    public static string ProofAddress(string path) => ReturnUrl.With(Paths.Prove, path);

    /// <summary>Where somebody sees and changes an app of theirs.</summary>
    public static string AddressOf(string clientId) => OwnAppPage.AddressOf(clientId);

    /// <summary>Finds the app that a request is about. Comes before <see cref="ReadFormAsync"/>, for forms are bound to who is signed in.</summary>
    /// <param name="context">The request.</param>
    /// <param name="clientId">The app, as the request says.</param>
    /// <param name="page">Where to come back to after signing in.</param>
    /// <returns>The app, or the answer to somebody who is not signed in or does not own it.</returns>
    public async Task<(OwnApp? App, IResult? Answer)> FindAsync(HttpContext context, string? clientId, string page)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (await _session.FindAccountAsync(context) is not { } account)
            return (null, new SeeOther(ReturnUrl.With(Paths.SignIn, page)));
        if (await _clients.FindAsync(clientId, context.RequestAborted) is not { } app || app.AccountId != account.Id)
            return (null, OwnAppPage.Nothing);
        return (new(app.Id, app.Name, app.Scopes, app.Webhook, _proof.IsThere(context)), null);
    }

    /// <summary>The hidden field that every form has, as HTML.</summary>
    public string FormToken(HttpContext context) => _forms.Token(context).ToString();

    /// <returns>The form's fields by name, null for one that is empty or there twice; null when the form is not from a page of ours.</returns>
    public async Task<Func<string, string?>?> ReadFormAsync(HttpContext context) =>
        await _forms.ReadAsync(context) is { } form ? name => form[name] : null;
}
