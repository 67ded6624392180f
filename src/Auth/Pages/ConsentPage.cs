using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Rally.Auth.Accounts;
using Rally.Auth.Server;

namespace Rally.Auth.Pages;

/// <summary>/consent: who asks for what. The request travels in the form and is validated again when it comes back.</summary>
internal sealed class ConsentPage(
    AuthorizePage authorize,
    AuthorizationRequestReader requests,
    BrowserSession session,
    SignOutPage signOut,
    Forms forms,
    ScopeCatalog scopes)
{
    public async Task<IResult> ShowAsync(HttpContext context)
    {
        var query = QueryString.Create(context.Request.Query);
        var reading = await requests.ReadAsync(Parameters.Of(context.Request.Query), context.RequestAborted);
        if (reading is not AuthorizationRequest.Valid { Request: var request })
            return authorize.Refuse(context, reading);
        return await authorize.FindFreshAccountAsync(context, request, query) is { } account
            ? Page(context, request, account, query.Value ?? "")
            : authorize.SignIn(query);
    }

    public async Task<IResult> SubmitAsync(HttpContext context)
    {
        // The anti-forgery token is bound to the account, so nobody consents for an account the page did not name.
        var account = await session.FindAccountAsync(context);
        if (await forms.ReadAsync(context) is not { } form || account is null)
            return Forms.Stale;
        var reading = await requests.ReadAsync(Parameters.OfQuery(form["request"] ?? ""), context.RequestAborted);
        if (reading is not AuthorizationRequest.Valid { Request: var request })
            return authorize.Refuse(context, reading);
        if (form["decision"] != "allow")
            return authorize.Refuse(context, request.Refuse(OAuthError.AccessDenied));
        var query = QueryString.Create(QueryHelpers.ParseQuery(form["request"]));
        return await authorize.FindFreshAccountAsync(context, request, query) is null
            ? authorize.SignIn(query)
            : await authorize.AllowAsync(context, request, account);
    }

    private PageResult Page(HttpContext context, AuthorizationRequest request, Account account, string query)
    {
        Html name = $"your Rally account <strong>{account.UserName}</strong>";
        return new PageResult(
            $"Allow {request.Client.Name}?",
            $"""
            <p><strong>{request.Client.Name}</strong> by {request.Client.Owner} asks for access to your Rally account.</p>
            {(request.Link is { } link ? PendingAuthorization.LinkSentence(request, link, name) : Html.Empty)}
            <h2>It will be able to</h2>
            <ul>{request.Scopes.Select(Html (scope) => $"<li>{scopes.Find(scope)?.Meaning}</li>")}</ul>
            <form method="post" action="{Paths.Consent}">
              {forms.Token(context)}
              <input type="hidden" name="request" value="{query}">
              <div class="choice">
                <button name="decision" value="allow">Allow</button>
                <button name="decision" value="deny" class="quiet">Deny</button>
              </div>
            </form>
            <p class="hint">You can take this back at any time on <a href="{Paths.Account}">your account page</a>.</p>
            <section aria-label="Signed in">
              <p>Signed in as <strong>{account.UserName}</strong>. Not you?</p>
              {signOut.Button(context, "Switch account", ReturnUrl.With(Paths.SignIn, Paths.Authorize + query))}
            </section>
            """,
            formTarget: request.RedirectUri);
    }
}
