using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Rally.Auth.Accounts;
using Rally.Auth.Apps;
using Rally.Auth.Server;

namespace Rally.Auth.Pages;

/// <summary>/developer/app: one app, for its owner: what it is, its secrets, its logo, its end.</summary>
internal sealed class OwnAppPage(
    BrowserSession session, RecentProof proof, ClientStore clients, ChangeApp change, ChangeAppSecret secrets, ChangeAppLogo logos, AppGate gate,
    ScopeCatalog scopes, Forms forms, IEnumerable<AppSection> sections, TimeProvider time)
{
    // As much as a form with the largest logo, and something beside it.
    private const int LargestRequest = 2 * LogoImage.LargestBytes;

    public static string AddressOf(string clientId) => QueryHelpers.AddQueryString(Paths.OwnApp, "client_id", clientId);

    /// <summary>The one time that a secret is shown.</summary>
    public static PageResult Secret(string title, string clientId, string? secret) => new(
        title,
        $"""
        <dl>
          <dt>Client id</dt><dd><code>{clientId}</code></dd>
          {(secret is null ? Html.Empty : (Html)$"<dt>Client secret</dt><dd><code>{secret}</code></dd>")}
        </dl>
        {(secret is null
            ? (Html)$"<p>It is public, so it has no secret, and proves itself by PKCE.</p>"
            : (Html)$"<p class=\"link\"><strong>Copy the secret now.</strong> It is kept only as a hash and never shown again. Whoever has it is your app.</p>")}
        <p><a href="{AddressOf(clientId)}">Go on to the app</a></p>
        """);

    public async Task<IResult> ShowAsync(HttpContext context)
    {
        var clientId = Parameters.Of(context.Request.Query)["client_id"];
        if (await session.FindAccountAsync(context) is not { } account)
            return new SeeOther(ReturnUrl.With(Paths.SignIn, clientId is null ? Paths.Developer : AddressOf(clientId)));
        return await FindAsync(account, clientId, context.RequestAborted) is { } app ? Page(context, app, AppDraft.Of(app), []) : Nothing;
    }

    public Task<IResult> ChangeAsync(HttpContext context) => ActAsync(context, async (account, app, form) =>
    {
        var draft = AppFields.Read(form, !app.IsPublic, scopes);
        var faults = await change.ExecuteAsync(account, app.Id, draft, context.RequestAborted);
        return faults.Count == 0 ? new SeeOther(AddressOf(app.Id)) : Page(context, app, draft, faults);
    });

    public Task<IResult> ChangeSecretAsync(HttpContext context) => ActAsync(context, async (account, app, form) =>
    {
        if (form["action"] != "remove")
        {
            return await secrets.ExecuteAsync(account, app.Id, context.RequestAborted) is { } secret
                ? Secret("Your app has another secret", app.Id, secret)
                : new SeeOther(AddressOf(app.Id));
        }

        await secrets.RemoveOldAsync(account, app.Id, context.RequestAborted);
        return new SeeOther(AddressOf(app.Id));
    });

    public Task<IResult> DeleteAsync(HttpContext context) => ActAsync(context, async (account, app, form) =>
    {
        if (form["confirm"]?.Trim() != app.Name)
            return Page(context, app, AppDraft.Of(app), ["To delete the app, type its name."]);
        await change.DeleteAsync(account, app.Id, context.RequestAborted);
        return new SeeOther(Paths.Developer);
    });

    public async Task<IResult> ChangeLogoAsync(HttpContext context)
    {
        var account = await session.FindAccountAsync(context);
        if (context.Request.ContentLength > LargestRequest)
            return new PageResult("That file is too large", $"<p role=\"alert\">{LogoImage.Rule} Go back and choose another.</p>", StatusCodes.Status413PayloadTooLarge);
        var (form, file) = await forms.ReadFileAsync(context, "logo", LargestRequest);
        if (form is null || account is null)
            return Forms.Stale;
        if (await FindAsync(account, form["client_id"], context.RequestAborted) is not { } app)
            return Nothing;
        if (!proof.IsThere(context))
            return RecentProof.Ask(AddressOf(app.Id));
        if (form["action"] == "remove")
            await logos.RemoveAsync(account, app.Id, context.RequestAborted);
        else if (await logos.ExecuteAsync(account, app.Id, file ?? [], context.RequestAborted) is { } fault)
            return Page(context, app, AppDraft.Of(app), [fault]);
        return new SeeOther(AddressOf(app.Id));
    }

    public static PageResult Nothing { get; } =
        new("You have no such app", $"""<p><a href="{Paths.Developer}">Your apps</a></p>""", StatusCodes.Status404NotFound);

    private async Task<IResult> ActAsync(HttpContext context, Func<Account, Client, Parameters, Task<IResult>> act)
    {
        // The anti-forgery token is bound to who is signed in.
        var account = await session.FindAccountAsync(context);
        if (await forms.ReadAsync(context) is not { } form || account is null)
            return Forms.Stale;
        if (await FindAsync(account, form["client_id"], context.RequestAborted) is not { } app)
            return Nothing;
        return proof.IsThere(context) ? await act(account, app, form) : RecentProof.Ask(AddressOf(app.Id));
    }

    private async Task<Client?> FindAsync(Account account, string? clientId, CancellationToken stop) =>
        await clients.FindAsync(clientId, stop) is { } app && app.AccountId == account.Id ? app : null;

    private PageResult Page(HttpContext context, Client app, AppDraft draft, IReadOnlyList<string> faults) => new(
        app.Name,
        $"""
        {Forms.Errors(faults)}
        {AppIntro.Logo(app)}
        <p class="{(gate.IsOpen(app.State) ? "link" : "warning")}">{gate.InWords(app)}</p>
        <dl>
          <dt>Client id</dt><dd><code>{app.Id}</code></dd>
          <dt>Kind</dt><dd>{(app.IsPublic ? "Public" : "With a secret")}</dd>
        </dl>
        {sections.Where(section => app.Scopes.Contains(section.Scope)).Select(Html (section) =>
            $"<p><a href=\"{QueryHelpers.AddQueryString(section.Path, "client_id", app.Id)}\">{section.Title}</a></p>")}
        {(proof.IsThere(context) ? Html.Empty : (Html)$"<p><a href=\"{ReturnUrl.With(Paths.Prove, AddressOf(app.Id))}\">Show first that it is still you</a>, to change something.</p>")}
        <h2>What it is</h2>
        {(app.IsApproved ? (Html)$"<p class=\"hint\">With another name, home page or logo, more redirect URIs or more that it may ask for, it waits for the operator's approval again.</p>" : Html.Empty)}
        <form method="post" action="{Paths.OwnApp}">
          {Hidden(context, app)}
          {AppFields.Of(draft, isNew: false, scopes)}
          <button>Save</button>
        </form>
        {(app.IsPublic ? Html.Empty : Secrets(context, app))}
        <h2>Logo</h2>
        <form method="post" action="{Paths.AppLogo}" enctype="multipart/form-data">
          {Hidden(context, app)}
          <label for="logo">A square picture</label>
          <input id="logo" name="logo" type="file" accept="image/png,image/jpeg,image/webp" aria-describedby="logo-rule">
          <p id="logo-rule" class="hint">{LogoImage.Rule}</p>
          <div class="choice">
            <button name="action" value="set">Use this logo</button>
            {(app.LogoVersion is null ? Html.Empty : (Html)$"<button name=\"action\" value=\"remove\" class=\"quiet\">Remove the logo</button>")}
          </div>
        </form>
        <h2>Delete the app</h2>
        <form method="post" action="{Paths.DeleteApp}">
          {Hidden(context, app)}
          <p>Everybody who uses it loses it at once, and it does not come back.</p>
          <label for="confirm">Type its name, {app.Name}</label>
          <input id="confirm" name="confirm" autocomplete="off" spellcheck="false" required>
          <button class="quiet">Delete the app</button>
        </form>
        <p><a href="{Paths.Developer}">Your apps</a></p>
        """,
        faults.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest,
        hasImages: app.LogoVersion is not null);

    private Html Secrets(HttpContext context, Client app)
    {
        var old = app.OldSecretHash is not null && app.OldSecretUntil > time.GetUtcNow() ? app.OldSecretUntil : null;
        return $"""
            <h2>Secret</h2>
            <form method="post" action="{Paths.AppSecret}">
              {Hidden(context, app)}
              {(old is { } until
                ? (Html)$"<p>The secret before the present one works until {Show.Time(until)}. Another new one ends it at once.</p>"
                : (Html)$"<p>With a new secret the present one works on for a while, so that you can change it without a break.</p>")}
              <div class="choice">
                <button name="action" value="new">Make a new secret</button>
                {(old is null ? Html.Empty : (Html)$"<button name=\"action\" value=\"remove\" class=\"quiet\">End the old secret now</button>")}
              </div>
            </form>
            """;
    }

    private Html Hidden(HttpContext context, Client app) => $"""
        {forms.Token(context)}
        <input type="hidden" name="client_id" value="{app.Id}">
        """;
}
