using Rally.Auth.Pages;
using Rally.Webhooks.Pages;

namespace Rally.Bot.Hosting;

/// <summary>Webhooks' pages for those who own apps, among Auth's.</summary>
internal sealed class OwnerSite(OwnerPages pages) : IOwnerSite
{
    /// <summary>What an app needs to have subscriptions.</summary>
    public const string Scope = "webhooks:manage";

    public async Task<OwnerVisit> FindAsync(HttpContext context, string? clientId, string page) => await pages.FindAsync(context, clientId, page) switch
    {
        ({ } app, _) => new OwnerVisit.Welcome(app.ClientId, app.Name, app.Scopes.Contains(Scope), app.Webhook, app.IsProven),
        (null, { } answer) => new OwnerVisit.Refused(answer),
        _ => throw new InvalidOperationException("Neither an app nor an answer."),
    };

    public string FormToken(HttpContext context) => pages.FormToken(context);

    public Task<Func<string, string?>?> ReadFormAsync(HttpContext context) => pages.ReadFormAsync(context);

    public IResult Stale() => OwnerPages.Stale;

    public IResult Page(string title, string main, int status) => OwnerPages.Page(title, main, status);

    public IResult GoTo(string path) => OwnerPages.GoTo(path);

    public IResult AskForProof(string path) => OwnerPages.AskForProof(path);

    public string ProofAddress(string path) => OwnerPages.ProofAddress(path);

    public string AddressOfApp(string clientId) => OwnerPages.AddressOf(clientId);
}
