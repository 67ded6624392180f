using Rally.Bot.Network;
using Rally.Bot.Pages;

namespace Rally.Bot.Linking;

/// <summary>The pages a fan passes through: whose link this is, off to the network, and what was linked.</summary>
internal static class LinkPages
{
    // Path-bound to these pages; Lax, so that it comes back with the redirect from the network.
    private const string BrowserCookie = "rally_link";

    public static void MapLinkPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("/link");
        pages.MapGet("/callback", CallbackAsync);
        pages.MapGet("/{token}", ShowAsync);
        pages.MapPost("/{token}", ContinueAsync).DisableAntiforgery(); // the token in the address is what authorises it
    }

    // Only shows: Discord and mail programs fetch links to preview them.
    private static async Task<IResult> ShowAsync(string token, LinkOffers offers, Installation installation, CancellationToken stop)
    {
        if (await offers.FindAsync(token, stop) is not { } offer)
            return Over();
        var known = await installation.GetAsync(stop);
        return Page.Show("Link your Rally account", new Html($"""
            <p>You are about to link the Discord account</p>
            <p class="subject"><strong>{offer.DiscordName}</strong> <span class="quiet">{offer.DiscordUserId}</span></p>
            <p>to your Rally account. Go on only if this Discord account is yours: whoever uses it will be able to send your coins.</p>
            <form method="post"><button type="submit">Continue to Rally</button></form>
            <p class="quiet">You sign in at {known.NetworkPublicUrl.Authority}, and are asked before anything is linked.</p>
            """), formTarget: known.NetworkPublicUrl);
    }

    private static async Task<IResult> ContinueAsync(
        string token, HttpContext context, LinkOffers offers, RallyOAuth oauth, Installation installation, CancellationToken stop)
    {
        var verifier = RallyOAuth.NewCodeVerifier();
        if (await offers.BeginAsync(token, verifier, stop) is not { } attempt)
            return Over();
        context.Response.Cookies.Append(BrowserCookie, attempt.BrowserMark, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = (await installation.GetAsync(stop)).PublicUrl.Scheme == Uri.UriSchemeHttps,
            Path = "/link",
            MaxAge = LinkOffers.Lifetime,
            IsEssential = true,
        });
        var offer = attempt.Offer;
        var address = await oauth.AuthorizationUrlAsync(attempt.State, verifier, offer.DiscordName, offer.DiscordUserId, offer.GuildId, stop);
        context.Response.Headers.Location = address.AbsoluteUri;
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }

    private static async Task<IResult> CallbackAsync(HttpContext context, CompleteLink complete, CancellationToken stop)
    {
        string? Given(string name) => context.Request.Query[name] is [{ Length: > 0 } value] ? value : null;
        var request = new CompleteLink.Request(
            Given("state"), context.Request.Cookies[BrowserCookie], Given("code"), Given("error"), Given("iss"));
        var result = await complete.ExecuteAsync(request, stop);
        context.Response.Cookies.Delete(BrowserCookie, new CookieOptions { Path = "/link" });
        return result switch
        {
            CompleteLink.Result.Linked linked => Page.Show("Linked", new Html($"""
                <p role="status">The Discord account <strong>{linked.DiscordName}</strong> is now linked to the Rally account <strong>{linked.Username}</strong>.</p>
                <p>You can close this page. In Discord, <code>/coin balance</code> shows what you hold; <code>/coin leave</code> undoes the link.</p>
                """)),
            CompleteLink.Result.NotLinked refused => Page.Show("Nothing was linked", new Html($"""
                <p role="alert">{refused.Reason}</p>
                <p>To try again, use <code>/coin join</code> in Discord and follow the new link.</p>
                """), StatusCodes.Status400BadRequest),
            _ => throw new InvalidOperationException($"{result}"),
        };
    }

    private static IResult Over() => Page.Show("This link is over", new Html($"""
        <p role="alert">It has been used, or its 15 minutes have passed.</p>
        <p>In Discord, use <code>/coin join</code> to get a new one.</p>
        """), StatusCodes.Status410Gone);
}
