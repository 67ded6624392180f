using Microsoft.AspNetCore.Http;
using Rally.Auth.Accounts;
using Rally.Auth.Server;
using Rally.Storage;

namespace Rally.Auth.Pages;

/// <summary>The part of the account page with the browsers that are signed in, and what its buttons do.</summary>
internal sealed class SessionsPage(BrowserSession session, Sessions sessions, Database database, Forms forms)
{
    public async Task<Html> ListAsync(HttpContext context, Account account)
    {
        var here = BrowserSession.IdOf(context);
        var all = await sessions.OfAsync(account.Id, context.RequestAborted);
        return $"""
            <h2>Where you are signed in</h2>
            <ul class="apps">{all.Select(one => Row(context, one, one.Id == here))}</ul>
            {(all.Count == 1 ? Html.Empty : EndOthers(context))}
            """;
    }

    public async Task<IResult> EndAsync(HttpContext context)
    {
        // The anti-forgery token is bound to who is signed in.
        var account = await session.FindAccountAsync(context);
        if (await forms.ReadAsync(context) is not { } form || account is null)
            return Forms.Stale;
        if (Guid.TryParse(form["session"], out var id))
            await sessions.EndAsync(account.Id, id, context.RequestAborted);
        return new SeeOther(Paths.Account);
    }

    public async Task<IResult> EndOthersAsync(HttpContext context)
    {
        var account = await session.FindAccountAsync(context);
        if (await forms.ReadAsync(context) is null || account is null)
            return Forms.Stale;
        await database.WriteAsync(
            transaction => Sessions.EndAllAsync(transaction, account.Id, BrowserSession.IdOf(context)), context.RequestAborted);
        await session.KeepAsync(context);
        return new SeeOther(Paths.Account);
    }

    private Html Row(HttpContext context, Sessions.Session one, bool isHere) => $"""
        <li>
          <p><strong>{one.Browser}</strong>{(isHere ? " (this browser)" : "")}</p>
          <p class="hint">{(one.Address.Length == 0 ? Html.Empty : (Html)$"{one.Address}, ")}signed in {Show.Time(one.CreatedAt)}, last used {Show.Time(one.UsedAt)}</p>
          {(isHere ? Html.Empty : EndOne(context, one))}
        </li>
        """;

    private Html EndOne(HttpContext context, Sessions.Session one) => $"""
        <form method="post" action="{Paths.EndSession}">
          {forms.Token(context)}
          <input type="hidden" name="session" value="{one.Id.ToString()}">
          <button class="quiet" aria-label="Sign out there: {one.Browser}, last used {Show.Minute(one.UsedAt)}">Sign out there</button>
        </form>
        """;

    private Html EndOthers(HttpContext context) => $"""
        <form method="post" action="{Paths.EndOtherSessions}">
          {forms.Token(context)}
          <button class="quiet">Sign out everywhere else</button>
        </form>
        """;
}
