using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Rally.Auth.Accounts;
using Rally.Auth.Links;
using Rally.Auth.Server;
using Rally.Auth.Spending;

namespace Rally.Auth.Pages;

/// <summary>/consent: who asks for what. The request travels in the form and is validated again when it comes back.</summary>
internal sealed class ConsentPage(
    AuthorizePage authorize,
    AuthorizationRequestReader requests,
    BrowserSession session,
    SignOutPage signOut,
    Forms forms,
    ScopeCatalog scopes,
    LimitStore limits,
    VouchForLink vouch)
{
    public async Task<IResult> ShowAsync(HttpContext context)
    {
        var query = QueryString.Create(context.Request.Query);
        var reading = await requests.ReadAsync(Parameters.Of(context.Request.Query), context.RequestAborted);
        if (reading is not AuthorizationRequest.Valid { Request: var request })
            return authorize.Refuse(context, reading);
        if (await authorize.FindFreshAccountAsync(context, request, query) is not { } account)
            return authorize.SignIn(query);
        return await vouch.FindObstacleAsync(account.Id, request, context.RequestAborted) is { } obstacle
            ? CannotLink(context, request, account, query.Value ?? "", obstacle)
            : await PageAsync(context, request, account, query.Value ?? "", []);
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
        if (await authorize.FindFreshAccountAsync(context, request, query) is null)
            return authorize.SignIn(query);
        if (await vouch.FindObstacleAsync(account.Id, request, context.RequestAborted) is { } obstacle)
            return CannotLink(context, request, account, query.Value ?? "", obstacle);
        var (decided, faults) = LimitFields.Read(form);
        var rows = await RowsAsync(request, account, context.RequestAborted);
        // More than was asked for or allowed before takes a password, on the page of the app.
        faults = [.. faults, .. decided
            .Where(limit => !rows.Any(row => row.Limit.Coin == limit.Coin && row.Most.Covers(limit)))
            .Select(limit => $"The limits of {LimitFields.Name(limit.Coin)}: here you can only lower what the app asks for. You can raise it later, on your page of the app.")];
        return faults.Count > 0
            ? await PageAsync(context, request, account, query.Value ?? "", faults)
            : await authorize.AllowAsync(context, request, account, decided);
    }

    // Each coin that the app asks about or has a limit for already, with what the fields begin with and the most they take.
    private async Task<IReadOnlyList<(SpendingLimit Limit, SpendingLimit Most, string Hint)>> RowsAsync(
        AuthorizationRequest request, Account account, CancellationToken stop)
    {
        if (!scopes.Spend(request.Scopes))
            return [];
        var set = await limits.OfAsync(account.Id, request.Client.Id, stop);
        return [.. request.Limits.Concat(set).Select(limit => limit.Coin).Distinct().Select(coin =>
        {
            var asked = request.Limits.FirstOrDefault(limit => limit.Coin == coin);
            var now = set.FirstOrDefault(limit => limit.Coin == coin);
            var most = new SpendingLimit(coin, Math.Max(asked?.PerDay ?? 0, now?.PerDay ?? 0), Math.Max(asked?.InAll ?? 0, now?.InAll ?? 0));
            var hint = (asked is null ? "" : $"Asks for {LimitFields.InWords(asked)}. ") + (now is null ? "" : $"You allow {LimitFields.InWords(now)} now. ");
            return (now ?? asked!, most, hint + "You may lower it.");
        })];
    }

    private async Task<PageResult> PageAsync(
        HttpContext context, AuthorizationRequest request, Account account, string query, IReadOnlyList<string> faults)
    {
        var rows = await RowsAsync(request, account, context.RequestAborted);
        Html name = $"your Rally account <strong>{account.UserName}</strong>";
        return new PageResult(
            $"Allow {request.Client.Name}?",
            $"""
            {Forms.Errors(faults)}
            {AppIntro.Of(request.Client, "asks for access to your Rally account.")}
            {(request.Link is { } link ? PendingAuthorization.LinkSentence(request, link, name) : Html.Empty)}
            <h2>It will be able to</h2>
            <ul>{request.Scopes.Select(Html (scope) => $"<li>{scopes.Find(scope)?.Meaning}</li>")}</ul>
            <form method="post" action="{Paths.Consent}">
              {forms.Token(context)}
              <input type="hidden" name="request" value="{query}">
              {Spending(request, rows)}
              <div class="choice">
                <button name="decision" value="allow">Allow</button>
                <button name="decision" value="deny" class="quiet">Deny</button>
              </div>
            </form>
            <p class="hint">You can take this back at any time on <a href="{Paths.Account}">your account page</a>.</p>
            <p class="hint">Your answer goes to <strong>{RedirectUri.Place(request.RedirectUri)}</strong>.</p>
            {SignedIn(context, account, query)}
            """,
            faults.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest,
            formTarget: request.RedirectUri,
            hasImages: request.Client.LogoVersion is not null);
    }

    // Where somebody has the identity already, it does not change hands on an app's word.
    private PageResult CannotLink(HttpContext context, AuthorizationRequest request, Account account, string query, MakeLink.Result obstacle) => new(
        "This cannot be linked",
        $"""
        {(obstacle is MakeLink.Result.HasOther other
            ? (Html)$"<p role=\"alert\">Your Rally account <strong>{account.UserName}</strong> is linked to another {request.Link?.Provider} account: <strong><bdi>{other.Name}</bdi></strong>. To link <bdi>{request.Link?.Name}</bdi>, remove that one first.</p>"
            : (Html)$"<p role=\"alert\">The {request.Link?.Provider} account <strong><bdi>{request.Link?.Name}</bdi></strong> is linked to another Rally account. Sign in with that one, or remove it there first.</p>")}
        <p><a href="{Paths.Links}">Linked accounts</a></p>
        <form method="post" action="{Paths.Consent}">
          {forms.Token(context)}
          <input type="hidden" name="request" value="{query}">
          <button name="decision" value="deny" class="quiet">Back to {request.Client.Name}</button>
        </form>
        {SignedIn(context, account, query)}
        """,
        StatusCodes.Status409Conflict,
        formTarget: request.RedirectUri);

    private Html SignedIn(HttpContext context, Account account, string query) => $"""
        <section aria-label="Signed in">
          <p>Signed in as <strong>{account.UserName}</strong>. Not you?</p>
          {signOut.Button(context, "Switch account", ReturnUrl.With(Paths.SignIn, Paths.Authorize + query))}
        </section>
        """;

    private Html Spending(AuthorizationRequest request, IReadOnlyList<(SpendingLimit Limit, SpendingLimit Most, string Hint)> rows)
    {
        if (!scopes.Spend(request.Scopes))
            return Html.Empty;
        return rows.Count == 0
            ? (Html)$"<p>It names no limits, so it can spend none of your coins until you set some on <a href=\"{AppPage.AddressOf(request.Client.Id)}\">its page on your account</a>.</p>"
            : $"""
              <h2>It may spend at most</h2>
              <p class="hint">What it sends for you, and what you give in its trades. {(rows.Any(row => row.Limit.Coin == SpendingLimit.EachOther) ? "Each coin counts by itself." : "Nothing of any coin that is not named here.")}</p>
              {LimitFields.Of([.. rows.Select(row => (row.Limit, row.Hint))])}
              """;
    }
}
