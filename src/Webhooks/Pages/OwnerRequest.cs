using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Rally.Webhooks.Pages;

/// <summary>A request for one of the pages, once it is known that the app is the person's own.</summary>
internal sealed class OwnerRequest(IOwnerSite site, HttpContext context, OwnerVisit.Welcome visit)
{
    public string ClientId => visit.ClientId;

    public OwnerVisit.Welcome Visit => visit;

    public IOwnerSite Site => site;

    public CancellationToken Stop => context.RequestAborted;

    /// <summary>The endpoint that the address names.</summary>
    public Guid EndpointId => Guid.TryParse(context.Request.Query["id"], out var id) ? id : Guid.Empty;

    public Html Token => Html.Raw(site.FormToken(context));

    /// <summary>A link for who has not shown lately that it is them, before they fill in something that takes it.</summary>
    public Html Proof => visit.IsProven
        ? Html.Empty
        : $"""<p><a href="{site.ProofAddress(Here)}">Show first that it is still you</a>, to change something.</p>""";

    public string? Query(string name) => context.Request.Query[name] is [{ Length: > 0 } only] ? only : null;

    public IResult Page(string title, Html main, bool isFault = false) =>
        site.Page(title, main.ToString(), isFault ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK);

    public IResult NoEndpoint() => site.Page(
        "There is no such endpoint", ((Html)$"<p><a href=\"{Paths.OfApp(Paths.Endpoints, ClientId)}\">Webhook endpoints of {visit.AppName}</a></p>").ToString(), StatusCodes.Status404NotFound);

    /// <summary>Answers who looks.</summary>
    public static Task<IResult> ShowAsync(IOwnerSite site, HttpContext context, Func<OwnerRequest, Task<IResult>> show) =>
        FindAsync(site, context, $"{context.Request.Path}{context.Request.QueryString}", show);

    /// <summary>Answers who sends a form.</summary>
    /// <param name="site">Whose pages.</param>
    /// <param name="context">The request.</param>
    /// <param name="back">The page of the form.</param>
    /// <param name="needsProof">Whether they must have shown lately that it is them.</param>
    /// <param name="act">Does it.</param>
    public static Task<IResult> ActAsync(
        IOwnerSite site, HttpContext context, string back, bool needsProof, Func<OwnerRequest, Func<string, string?>, Task<IResult>> act)
    {
        var page = back + context.Request.QueryString;
        return FindAsync(site, context, page, async request =>
        {
            if (await site.ReadFormAsync(context) is not { } form)
                return site.Stale();
            return needsProof && !request.Visit.IsProven ? site.AskForProof(page) : await act(request, form);
        });
    }

    private string Here => string.Create(CultureInfo.InvariantCulture, $"{context.Request.Path}{context.Request.QueryString}");

    private static async Task<IResult> FindAsync(IOwnerSite site, HttpContext context, string page, Func<OwnerRequest, Task<IResult>> answer)
    {
        switch (await site.FindAsync(context, context.Request.Query["client_id"] is [{ } clientId] ? clientId : null, page))
        {
            case OwnerVisit.Refused refused:
                return refused.Answer;
            case OwnerVisit.Welcome { MaySubscribe: false } visit:
                return site.Page(
                    $"{visit.AppName} has no webhooks",
                    ((Html)$"<p>Let the app be told of coin movements by webhook first: choose <code>webhooks:manage</code> at <a href=\"{site.AddressOfApp(visit.ClientId)}\">what it may ask for</a>. It takes an app with a secret.</p>").ToString(),
                    StatusCodes.Status403Forbidden);
            case OwnerVisit.Welcome visit:
                return await answer(new(site, context, visit));
            case var other:
                throw new System.Diagnostics.UnreachableException($"{other}");
        }
    }
}
