using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Rally.Auth.Accounts;
using Rally.Auth.Apps;
using Rally.Auth.Server;

namespace Rally.Auth.Pages;

/// <summary>/developer and /developer/register: the apps of somebody, and another one.</summary>
internal sealed class DeveloperPage(
    BrowserSession session, RecentProof proof, ClientStore clients, CreateApp create, AppGate gate, ScopeCatalog scopes, Forms forms, IOptions<AuthOptions> options)
{
    public async Task<IResult> ShowAsync(HttpContext context)
    {
        if (await session.FindAccountAsync(context) is not { } account)
            return new SeeOther(ReturnUrl.With(Paths.SignIn, Paths.Developer));
        var own = await clients.OfAsync(account.Id, context.RequestAborted);
        return new PageResult(
            "Your apps",
            $"""
            <p>Programs of yours that other people use with their Rally accounts.</p>
            {(own.Count == 0 ? (Html)$"<p>You have none.</p>" : (Html)$"<ul class=\"apps\">{own.Select(Row)}</ul>")}
            {(own.Count < options.Value.AppsPerAccount
                ? (Html)$"<p><a href=\"{Paths.RegisterApp}\">Register an app</a></p>"
                : (Html)$"<p>An account has at most {options.Value.AppsPerAccount} apps.</p>")}
            <p><a href="{Paths.Account}">Your account</a></p>
            """,
            hasImages: own.Any(app => app.LogoVersion is not null));
    }

    public async Task<IResult> ShowFormAsync(HttpContext context)
    {
        if (await session.FindAccountAsync(context) is null)
            return new SeeOther(ReturnUrl.With(Paths.SignIn, Paths.RegisterApp));
        // Asked before somebody has typed all this.
        return proof.IsThere(context) ? Form(context, AppFields.Empty, []) : RecentProof.Ask(Paths.RegisterApp);
    }

    public async Task<IResult> RegisterAsync(HttpContext context)
    {
        // The anti-forgery token is bound to who is signed in.
        var account = await session.FindAccountAsync(context);
        if (await forms.ReadAsync(context) is not { } form || account is null)
            return Forms.Stale;
        if (!proof.IsThere(context))
            return RecentProof.Ask(Paths.RegisterApp);
        var draft = AppFields.Read(form, isConfidential: null, scopes);
        return await create.ExecuteAsync(account, draft, context.RequestAborted) switch
        {
            CreateApp.Created created => OwnAppPage.Secret("Your app is registered", created.ClientId, created.Secret),
            CreateApp.Invalid invalid => Form(context, draft, invalid.Reasons),
            var other => throw new UnreachableException($"{other.GetType()}"),
        };
    }

    private PageResult Form(HttpContext context, AppDraft draft, IReadOnlyList<string> faults) => new(
        "Register an app",
        $"""
        {Forms.Errors(faults)}
        {(gate.IsOpenToNew ? Html.Empty : (Html)$"<p>The operator looks at each app before it works.</p>")}
        <form method="post" action="{Paths.RegisterApp}">
          {forms.Token(context)}
          {AppFields.Of(draft, isNew: true, scopes)}
          <button>Register</button>
        </form>
        <p><a href="{Paths.Developer}">Your apps</a></p>
        """,
        faults.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);

    private Html Row(Client app) => $"""
        <li>
          {AppIntro.Logo(app)}
          <p><strong>{app.Name}</strong>, <code>{app.Id}</code></p>
          <p class="{(gate.IsOpen(app.State) ? "hint" : "warning")}">{gate.InWords(app)}</p>
          <p><a href="{OwnAppPage.AddressOf(app.Id)}" aria-label="Change {app.Name}">Change</a></p>
        </li>
        """;
}
