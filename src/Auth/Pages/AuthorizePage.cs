using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Rally.Auth.Accounts;
using Rally.Auth.Apps;
using Rally.Auth.Server;
using Rally.Auth.Spending;

namespace Rally.Auth.Pages;

/// <summary>GET /oauth2/authorize: on to sign-in, to consent, or straight back to the app (RFC 6749, 4.1.1).</summary>
internal sealed class AuthorizePage(
    AuthorizationRequestReader requests, BrowserSession session, Consents consents, IssueCode issueCode, Issuer issuer, SignInAge age,
    PushedRequests pushed, LimitStore limits)
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
        AuthorizationRequest.Refused refused => new SeeOther(refused.Answer(issuer.Of(context.Request))),
        AuthorizationRequest.Unanswerable unanswerable => new PageResult(
            "This request cannot be answered",
            $"""<p role="alert">{unanswerable.Reason}</p><p>Nothing was shared. Close this page, or tell the people who run that app.</p>""",
            StatusCodes.Status400BadRequest),
        _ => throw new UnreachableException($"{reading.GetType()}"),
    };

    /// <summary>Back to the app with a code.</summary>
    /// <param name="context">The person's request.</param>
    /// <param name="request">What the app asked.</param>
    /// <param name="account">Who allows it.</param>
    /// <param name="decided">The spending limits that the person has decided on now.</param>
    public async Task<IResult> AllowAsync(HttpContext context, AuthorizationRequest request, Account account, IReadOnlyList<SpendingLimit> decided)
    {
        var code = await issueCode.ExecuteAsync(
            request, account.Id, decided, BrowserSession.SignedInAt(context), context.RequestAborted);
        return code is null
            ? Refuse(context, new AuthorizationRequest.Unanswerable("This request was answered already. Go back to the app and begin again."))
            : new SeeOther(request.Answer(issuer.Of(context.Request), code));
    }

    /// <summary>Who is signed in, and no longer ago than the request asks; null when somebody has to sign in first.</summary>
    /// <param name="query">The request as it came, or comes back from the consent page.</param>
    public async Task<Account?> FindFreshAccountAsync(HttpContext context, AuthorizationRequest request, QueryString query) =>
        await session.FindAccountAsync(context) is { } account &&
        age.Satisfies(request, BrowserSession.SignedInAt(context), Parameters.OfQuery(query.Value ?? ""))
            ? account
            : null;

    /// <summary>To the sign-in page, and from there on with the request.</summary>
    public SeeOther SignIn(QueryString query) => new(ReturnUrl.With(Paths.SignIn, Paths.Authorize + age.WithMark(query)));

    // Whoever has set a limit, lower perhaps than the app proposes again, is not asked about it again.
    private async Task<bool> HasDecidedAsync(Account account, AuthorizationRequest request, CancellationToken stop)
    {
        if (request.Limits.Count == 0)
            return true;
        var set = await limits.OfAsync(account.Id, request.Client.Id, stop);
        return request.Limits.All(asked => set.Any(limit => limit.Coin == asked.Coin));
    }

    private async Task<IResult> GoOnAsync(HttpContext context, AuthorizationRequest request)
    {
        if (request.Pushed is { } hash)
            await pushed.BeginAsync(hash, context.RequestAborted);
        var query = QueryString.Create(context.Request.Query);
        var silent = request.Prompts.Contains(Prompt.None);
        var account = await FindFreshAccountAsync(context, request, query);
        if (account is null)
            return silent ? Refuse(context, request.Refuse(OAuthError.LoginRequired)) : SignIn(query);

        // Another program can take a public client's place at its redirect URI, so a person looks each time (RFC 8252, 8.6);
        // and a link of the former API can have been made for somebody else, which no proof key would show.
        var remembered = request.Link is null && !request.Client.IsPublic && !request.IsFormer &&
            !request.Prompts.Contains(Prompt.Consent) && !request.Prompts.Contains(Prompt.SelectAccount) &&
            await consents.CoverAsync(account.Id, request.Client.Id, request.Scopes, context.RequestAborted) &&
            await HasDecidedAsync(account, request, context.RequestAborted);
        if (remembered)
            return await AllowAsync(context, request, account, []);
        return silent ? Refuse(context, request.Refuse(OAuthError.ConsentRequired)) : new SeeOther(Paths.Consent + query.Value);
    }
}
