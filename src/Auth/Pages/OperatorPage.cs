using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Rally.Auth.Accounts;
using Rally.Auth.Mail;
using Rally.Auth.Server;
using Rally.Auth.Server.Keys;

namespace Rally.Auth.Pages;

/// <summary>/operator: links that mail did not bring, and accounts to look up, lock and unlock.</summary>
internal sealed class OperatorPage(
    BrowserSession session, RecentProof proof, SearchAccounts search, ClientStore clients, LockAccount locks, ReplaceSigningKeys replace, Outbox outbox, Issuer issuer,
    IOptions<AuthOptions> options, Forms forms)
{
    private const int MostLinks = 50;

    // To others it is not even there.
    public static PageResult Nothing { get; } =
        new("There is no such page", $"""<p><a href="{Paths.Account}">Your account</a></p>""", StatusCodes.Status404NotFound);

    public async Task<IResult> ShowAsync(HttpContext context)
    {
        if (await session.FindAccountAsync(context) is not { } account)
            return new SeeOther(ReturnUrl.With(Paths.SignIn, Paths.Operator));
        if (!account.IsOperator)
            return Nothing;
        var query = Parameters.Of(context.Request.Query)["q"];
        var found = await search.ExecuteAsync(query, context.RequestAborted);
        var links = await outbox.AllAsync(MostLinks, context.RequestAborted);
        return new PageResult(
            "Operator",
            $"""
            <h2>Links that wait</h2>
            <p class="hint">{(options.Value.Mail.Host is null ? "No mail server is set (Auth:Mail), so you pass them on. Be sure of who asks: a link opens the account." : "Mail that could not be sent yet.")}</p>
            {(links.Count == 0 ? (Html)$"<p>None.</p>" : (Html)$"<ul class=\"apps\">{links.Select(link => Link(context, link))}</ul>")}
            <h2>Apps</h2>
            <p><a href="{Paths.OperatorApps}">Look at apps</a>: {(int)await clients.CountWaitingAsync(context.RequestAborted)} wait for you.</p>
            <h2>Accounts</h2>
            <form action="{Paths.Operator}" role="search">
              <label for="q">User name, e-mail address or Rally id</label>
              <input id="q" name="q" type="search" value="{query}" maxlength="{EmailAddress.GreatestLength}" autocapitalize="none" spellcheck="false">
              <button>Find</button>
            </form>
            {(found.Count == 0 ? (Html)$"<p role=\"status\">Nobody was found.</p>" : (Html)$"<ul class=\"apps\">{found.Select(one => Row(context, one, query))}</ul>")}
            {(found.Count < SearchAccounts.Most ? Html.Empty : (Html)$"<p class=\"hint\">Only the first {SearchAccounts.Most} are shown.</p>")}
            <h2>Keys that sign ID tokens</h2>
            <p class="hint">They change by themselves. Withdraw them when somebody may have got hold of them: sign-ins at apps that are under way then fail once.</p>
            <form method="post" action="{Paths.ReplaceSigningKeys}">
              {forms.Token(context)}
              <div class="choice">
                <button name="old" value="keep" class="quiet">Change the keys</button>
                <button name="old" value="withdraw" class="quiet">Change the keys and withdraw the old ones</button>
              </div>
            </form>
            """);
    }

    public Task<IResult> LockAsync(HttpContext context) => ChangeAccountAsync(context, locks.LockAsync);

    public Task<IResult> UnlockAsync(HttpContext context) => ChangeAccountAsync(context, locks.UnlockAsync);

    public Task<IResult> ReplaceKeysAsync(HttpContext context) =>
        ChangeAsync(context, (form, _) => replace.ExecuteAsync(withdraw: form["old"] == "withdraw", context.RequestAborted));

    private Task<IResult> ChangeAccountAsync(HttpContext context, Func<Guid, Account, CancellationToken, Task> change) =>
        ChangeAsync(context, (form, account) =>
            Guid.TryParse(form["account"], out var id) ? change(id, account, context.RequestAborted) : Task.CompletedTask);

    private async Task<IResult> ChangeAsync(HttpContext context, Func<Parameters, Account, Task> change)
    {
        var account = await session.FindAccountAsync(context);
        if (await forms.ReadAsync(context) is not { } form || account is null)
            return Forms.Stale;
        if (!account.IsOperator)
            return Nothing;
        var page = form["q"] is { } query ? $"{Paths.Operator}?q={Uri.EscapeDataString(query)}" : Paths.Operator;
        if (!proof.IsThere(context))
            return RecentProof.Ask(page);
        await change(form, account);
        return new SeeOther(page);
    }

    private Html Link(HttpContext context, Outbox.Waiting waiting) => $"""
        <li>
          <p><strong>{waiting.Letter.Subject}</strong>, {waiting.UserName}</p>
          <p class="hint">For {(waiting.Letter.To.Length == 0 ? "an account without an address" : waiting.Letter.To)}, good until {Show.Time(waiting.ExpiresAt)}{(waiting.Attempts == 0 ? Html.Empty : (Html)$", tried {(int)waiting.Attempts} times")}</p>
          {(waiting.Letter.Link is { } link ? (Html)$"<p><code>{issuer.Of(context.Request) + link}</code></p>" : Html.Empty)}
        </li>
        """;

    private Html Row(HttpContext context, SearchAccounts.Found one, string? query) => $"""
        <li>
          <p><strong>{one.UserName}</strong>{(one.IsOperator ? " (operator)" : "")}{(one.Email is { } email ? (Html)$", {email}" : Html.Empty)}</p>
          <p class="hint"><code>{one.Id.ToString()}</code>, since {Show.Time(one.CreatedAt)}</p>
          {(one.BlockedAt is { } blocked ? (Html)$"<p>Locked by an operator {Show.Time(blocked)}.</p>" : Html.Empty)}
          {(one.LockedUntil is { } until ? (Html)$"<p>After wrong passwords locked until {Show.Time(until)}.</p>" : Html.Empty)}
          {(one.BlockedAt is not null || one.LockedUntil is not null ? Button(context, Paths.UnlockAccount, "Unlock", one, query) : Html.Empty)}
          {(one.BlockedAt is null && !one.IsOperator ? Button(context, Paths.LockAccount, "Lock", one, query) : Html.Empty)}
        </li>
        """;

    private Html Button(HttpContext context, string path, string text, SearchAccounts.Found one, string? query) => $"""
        <form method="post" action="{path}">
          {forms.Token(context)}
          <input type="hidden" name="account" value="{one.Id.ToString()}">
          <input type="hidden" name="q" value="{query}">
          <button class="quiet" aria-label="{text} {one.UserName}">{text}</button>
        </form>
        """;
}
