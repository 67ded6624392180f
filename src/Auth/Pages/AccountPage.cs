using Microsoft.AspNetCore.Http;
using Rally.Auth.Accounts;
using Rally.Auth.Apps;
using Rally.Auth.Server;

namespace Rally.Auth.Pages;

/// <summary>/account: who is signed in, and where, and which apps have access.</summary>
internal sealed class AccountPage(
    BrowserSession session, Consents consents, SessionsPage sessions, SignOutPage signOut, Forms forms, ScopeCatalog scopes)
{
    public async Task<IResult> ShowAsync(HttpContext context)
    {
        if (await session.FindAccountAsync(context) is not { } account)
            return new SeeOther(ReturnUrl.With(Paths.SignIn, Paths.Account));
        var allowed = await consents.OfAsync(account.Id, context.RequestAborted);
        return new PageResult(
            "Your account",
            $"""
            <dl>
              <dt>User name</dt><dd>{account.UserName}</dd>
              <dt>E-mail address</dt><dd>{account.Email ?? "None"}</dd>
              <dt>Rally id</dt><dd><code>{account.Id.ToString()}</code></dd>
            </dl>
            <ul class="plain">
              <li><a href="{Paths.Links}">Linked accounts</a>: see, add or remove</li>
              <li><a href="{Paths.Transfers}">Transfers that wait for you</a></li>
              <li><a href="{Paths.Email}">Change your e-mail address</a></li>
              <li><a href="{Paths.Password}">Change your password</a></li>
              <li><a href="{Paths.SecondFactor}">Second factor</a>: {(account.HasSecondFactor ? "on" : "off")}</li>
              <li><a href="{Paths.Passkeys}">Passkeys</a>: sign in without a password</li>
              <li><a href="{Paths.DeleteAccount}">Take your data along, or delete your account</a></li>
              <li><a href="{Paths.Developer}">Apps that you make</a></li>
              {(account.IsOperator ? (Html)$"<li><a href=\"{Paths.Operator}\">Run this installation</a></li>" : Html.Empty)}
            </ul>
            {await sessions.ListAsync(context, account)}
            <h2>Apps with access</h2>
            {(allowed.Count == 0 ? (Html)$"<p>None.</p>" : (Html)$"<ul class=\"apps\">{allowed.Select(consent => Row(context, consent))}</ul>")}
            {signOut.Button(context, "Sign out", Paths.SignIn)}
            """);
    }

    public async Task<IResult> RevokeAsync(HttpContext context)
    {
        // The anti-forgery token is bound to who is signed in.
        var account = await session.FindAccountAsync(context);
        if (await forms.ReadAsync(context) is not { } form || account is null)
            return Forms.Stale;
        if (form["client_id"] is { } clientId && ClientStore.IsId(clientId))
            await consents.RevokeAsync(account.Id, clientId, context.RequestAborted);
        return new SeeOther(Paths.Account);
    }

    private Html Row(HttpContext context, Consents.Consent consent) => $"""
        <li>
          <p><strong>{consent.AppName}</strong> by {consent.Owner}</p>
          <ul>{consent.Scopes.Select(Html (scope) => $"<li>{scopes.Find(scope)?.Meaning ?? scope}</li>")}</ul>
          <p><a href="{AppPage.AddressOf(consent.ClientId)}" aria-label="{(scopes.Spend(consent.Scopes) ? "Limits and spends" : "More")}: {consent.AppName}">{(scopes.Spend(consent.Scopes) ? "Limits and spends" : "More")}</a></p>
          <form method="post" action="{Paths.RevokeApp}">
            {forms.Token(context)}
            <input type="hidden" name="client_id" value="{consent.ClientId}">
            <button class="quiet" aria-label="Revoke access of {consent.AppName}">Revoke</button>
          </form>
        </li>
        """;
}
