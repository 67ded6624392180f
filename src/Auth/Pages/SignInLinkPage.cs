using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Rally.Auth.Accounts;
using Rally.Auth.Links;
using Rally.Auth.Server;

namespace Rally.Auth.Pages;

/// <summary>/account/links/discord and …/twitch: on to the site to sign in there, and back with whom that was.</summary>
internal sealed class SignInLinkPage(BrowserSession session, MakeLink makeLink, LinkWays ways, IOptions<AuthOptions> options, Forms forms)
{
    private static readonly Dictionary<string, string> Faults = new()
    {
        ["declined"] = "You declined there, so nothing was linked.",
        ["failed"] = "That could not be completed, so nothing was linked. Begin again here; should it fail again, tell the operator.",
    };

    public async Task<IResult> ShowAsync(HttpContext context, LinkProvider provider)
    {
        if (ways.To(provider) is not { } path || options.Value.Links.Of(provider) is not { } app)
            return Results.NotFound();
        if (await session.FindAccountAsync(context) is not { } account)
            return new SeeOther(ReturnUrl.With(Paths.SignIn, path));
        var fault = Faults.GetValueOrDefault(Parameters.Of(context.Request.Query)["fault"] ?? "");
        return new PageResult(
            $"Link a {provider.Thing}",
            $"""
            {(fault is null ? Html.Empty : (Html)$"<p class=\"errors\" role=\"alert\">{fault}</p>")}
            <p>You sign in at {app.AuthorizationEndpoint!.Authority}, and come back here. This server learns your id and user name there, and nothing else;
            it links them to your Rally account <strong>{account.UserName}</strong>.</p>
            <form method="post" action="{path}">
              {forms.Token(context)}
              <button>Continue to {provider.Title}</button>
            </form>
            <p><a href="{Paths.Links}">Linked accounts</a></p>
            """,
            formTarget: app.AuthorizationEndpoint.AbsoluteUri);
    }

    public async Task<IResult> SubmitAsync(HttpContext context, LinkProvider provider)
    {
        if (ways.To(provider) is null)
            return Results.NotFound();
        var account = await session.FindAccountAsync(context);
        if (await forms.ReadAsync(context) is null || account is null)
            return Forms.Stale;
        PageResult.Protect(context.Response);
        await context.ChallengeAsync(LinkWays.SchemeOf(provider), new AuthenticationProperties
        {
            RedirectUri = LinkWays.DoneOf(provider),
            Items = { [LinkWays.AccountItem] = account.Id.ToString() },
        });
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        return Results.Empty;
    }

    public async Task<IResult> FinishAsync(HttpContext context, LinkProvider provider)
    {
        if (ways.To(provider) is not { } path)
            return Results.NotFound();
        var proof = await context.AuthenticateAsync(LinkWays.ProofScheme);
        await context.SignOutAsync(LinkWays.ProofScheme);
        var account = await session.FindAccountAsync(context);

        // Begun for this account, in this browser, at this provider; whoever is signed in by now.
        if (account is null || proof.Principal is not { } shown ||
            proof.Properties?.Items.TryGetValue(LinkWays.AccountItem, out var begunFor) != true || begunFor != account.Id.ToString() || shown.Identity?.AuthenticationType != LinkWays.SchemeOf(provider) ||
            shown.FindFirstValue(ClaimTypes.NameIdentifier) is not { } id || shown.FindFirstValue(ClaimTypes.Name) is not { } name)
            return new SeeOther($"{path}?fault=failed");
        var identity = new ProvenIdentity(provider, id, name, LinkFlow.OAuth);
        return LinksPage.After(await makeLink.ExecuteAsync(account.Id, identity, context.RequestAborted), provider);
    }
}
