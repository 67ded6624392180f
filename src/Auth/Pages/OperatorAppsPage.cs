using Microsoft.AspNetCore.Http;
using Rally.Auth.Accounts;
using Rally.Auth.Apps;
using Rally.Auth.Server;

namespace Rally.Auth.Pages;

/// <summary>/operator/apps: an operator looks at apps, approves, refuses and suspends them.</summary>
internal sealed class OperatorAppsPage(BrowserSession session, RecentProof proof, ClientStore clients, DecideApp decide, AppGate gate, ScopeCatalog scopes, Forms forms)
{
    public async Task<IResult> ShowAsync(HttpContext context)
    {
        if (await session.FindAccountAsync(context) is not { } account)
            return new SeeOther(ReturnUrl.With(Paths.SignIn, Paths.OperatorApps));
        if (!account.IsOperator)
            return OperatorPage.Nothing;
        var query = Parameters.Of(context.Request.Query);
        return await PageAsync(context, query["state"], query["q"], []);
    }

    public async Task<IResult> DecideAsync(HttpContext context)
    {
        // The anti-forgery token is bound to who is signed in.
        var account = await session.FindAccountAsync(context);
        if (await forms.ReadAsync(context) is not { } form || account is null)
            return Forms.Stale;
        if (!account.IsOperator)
            return OperatorPage.Nothing;
        var page = $"{Paths.OperatorApps}?state={StateOf(form["state"])}";
        if (!proof.IsThere(context))
            return RecentProof.Ask(page);
        var fault = await decide.ExecuteAsync(
            form["client_id"] ?? "", form["decision"] ?? "", form["reason"]?.Trim(), form["seen"], account, context.RequestAborted);
        return fault is null ? new SeeOther(page) : await PageAsync(context, form["state"], null, [fault]);
    }

    private static string StateOf(string? asked) => AppState.All.Contains(asked) ? asked! : AppState.Waiting;

    private async Task<PageResult> PageAsync(HttpContext context, string? asked, string? query, IReadOnlyList<string> faults)
    {
        var state = StateOf(asked);
        var found = await clients.InStateAsync(state, query?.Trim() ?? "", context.RequestAborted);
        return new PageResult(
            "Apps",
            $"""
            {Forms.Errors(faults)}
            <p class="hint">{(gate.IsOpenToNew ? "New apps work at once, with a warning on the consent page until you approve them (Auth:AppsNeedApproval is off)." : "New apps work once you approve them (Auth:AppsNeedApproval is on). A refused app can be changed and waits again; a suspended one stays out until you approve it.")}</p>
            <form action="{Paths.OperatorApps}" role="search">
              <label for="state">Those that are</label>
              <select id="state" name="state">{AppState.All.Select(Html (one) => $"<option value=\"{one}\"{(one == state ? " selected" : "")}>{one}</option>")}</select>
              <label for="q">Name, owner or client id (optional)</label>
              <input id="q" name="q" type="search" value="{query}" maxlength="100" autocapitalize="none" spellcheck="false">
              <button>Show</button>
            </form>
            {(found.Count == 0 ? (Html)$"<p role=\"status\">There are none.</p>" : (Html)$"<ul class=\"apps\">{found.Select((app, index) => Row(context, app, index))}</ul>")}
            {(found.Count < ClientStore.Most ? Html.Empty : (Html)$"<p class=\"hint\">Only the first {ClientStore.Most} are shown.</p>")}
            <p><a href="{Paths.Operator}">Operator</a></p>
            """,
            faults.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest,
            hasImages: found.Any(app => app.LogoVersion is not null));
    }

    private Html Row(HttpContext context, Client app, int index) => $"""
        <li>
          {AppIntro.Logo(app)}
          <p><strong>{app.Name}</strong> {AppIntro.By(app)}</p>
          <p class="hint"><code>{app.Id}</code>, {(app.IsPublic ? "public" : "with a secret")}, changed {Show.Time(app.UpdatedAt)}</p>
          <dl>
            {(app.Reason is { } reason ? (Html)$"<dt>Your reason</dt><dd>{reason}</dd>" : Html.Empty)}
            {(app.HomePage is { } home ? (Html)$"<dt>Home page</dt><dd><a href=\"{home}\" rel=\"noopener noreferrer\">{home}</a></dd>" : Html.Empty)}
            <dt>People's answers go to</dt>
            {app.RedirectUris.Select(Html (uri) => $"<dd><code>{uri}</code></dd>")}
            {(app.MayUse(GrantType.DeviceCode) ? (Html)$"<dd>devices without a browser</dd>" : Html.Empty)}
            {(app.RedirectUris.Count == 0 && !app.MayUse(GrantType.DeviceCode) ? (Html)$"<dd>nowhere: it asks nobody</dd>" : Html.Empty)}
            <dt>The most it may ask for</dt>
            {app.Scopes.Select(Html (scope) => $"<dd>{(scopes.Find(scope) is { } known ? AppFields.Meaning(known) : scope)}</dd>")}
          </dl>
          <form method="post" action="{Paths.OperatorApps}">
            {forms.Token(context)}
            <input type="hidden" name="client_id" value="{app.Id}">
            <input type="hidden" name="seen" value="{DecideApp.Mark(app)}">
            <input type="hidden" name="state" value="{app.State}">
            <label for="reason-{index}">Reason, for the owner of {app.Name}</label>
            <input id="reason-{index}" name="reason" autocomplete="off" maxlength="{DecideApp.GreatestReasonLength}">
            <div class="choice">
              {(app.State == AppState.Approved ? Html.Empty : Button(AppState.Approved, "Approve", app, ""))}
              {(app.State == AppState.Waiting && !gate.IsOpenToNew ? Button(AppState.Refused, "Refuse", app, "quiet") : Html.Empty)}
              {(app.State is AppState.Waiting or AppState.Approved ? Button(AppState.Suspended, "Suspend", app, "quiet") : Html.Empty)}
            </div>
          </form>
        </li>
        """;

    private static Html Button(string decision, string text, Client app, string look) => $"""
        <button name="decision" value="{decision}" class="{look}" aria-label="{text} {app.Name}">{text}</button>
        """;
}
