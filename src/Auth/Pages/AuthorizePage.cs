using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Rally.Auth.Accounts;
using Rally.Auth.Apps;
using Rally.Auth.Server;

namespace Rally.Auth.Pages;

/// <summary>GET /oauth2/authorize: on to sign-in, to consent, or straight back to the app (RFC 6749, 4.1.1).</summary>
internal sealed class AuthorizePage(
    AuthorizationRequestReader requests, BrowserSession session, Consents consents, IssueCode issueCode, Issuer issuer)
{
    public async Task<IResult> HandleAsync(HttpContext context)
    {
        var reading = await requests.ReadAsync(Parameters.Of(context.Request.Query), context.RequestAborted);
        return reading switch
        {
            AuthorizationRequest.Valid valid => await GoOnAsync(context, valid.Request),
            _ => Refuse(context, reading),
        };
    }

    /// <summary>The answer to a request that is not valid.</summary>
    public IResult Refuse(HttpContext context, AuthorizationRequest.Reading reading) => reading switch
    {
        AuthorizationRequest.Refused refused => new SeeOther(AuthorizationRequest.Answer(
            refused.RedirectUri, refused.State, issuer.Of(context.Request),
            ("error", refused.Error.Code), ("error_description", refused.Error.Description))),
        AuthorizationRequest.Unanswerable unanswerable => new PageResult(
            "This request cannot be answered",
            $"""<p role="alert">{unanswerable.Reason}</p><p>Nothing was shared. Close this page, or tell the people who run that app.</p>""",
            StatusCodes.Status400BadRequest),
        _ => throw new UnreachableException($"{reading.GetType()}"),
    };

    /// <summary>Back to the app with a code.</summary>
    public async Task<IResult> AllowAsync(HttpContext context, AuthorizationRequest request, Account account)
    {
        var code = await issueCode.ExecuteAsync(request, account.Id, context.RequestAborted);
        return new SeeOther(AuthorizationRequest.Answer(
            request.RedirectUri, request.State, issuer.Of(context.Request), ("code", code)));
    }

    private async Task<IResult> GoOnAsync(HttpContext context, AuthorizationRequest request)
    {
        var query = QueryString.Create(context.Request.Query).Value;
        if (await session.FindAccountAsync(context) is not { } account)
            return new SeeOther(ReturnUrl.With(Paths.SignIn, Paths.Authorize + query));

        // Another program can take a public client's place at its redirect URI, so a person looks each time (RFC 8252, 8.6).
        var remembered = request.Link is null && !request.Client.IsPublic &&
            await consents.CoverAsync(account.Id, request.Client.Id, request.Scopes, context.RequestAborted);
        return remembered
            ? await AllowAsync(context, request, account)
            : new SeeOther(Paths.Consent + query);
    }
}
