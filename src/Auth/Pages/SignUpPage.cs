using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Rally.Auth.Accounts;
using Rally.Auth.Server;

namespace Rally.Auth.Pages;

/// <summary>/sign-up</summary>
internal sealed class SignUpPage(
    CreateAccount create, AccountStore accounts, BrowserSession session, Forms forms, PendingAuthorization pending)
{
    public Task<IResult> ShowAsync(HttpContext context) =>
        PageAsync(context, Parameters.Of(context.Request.Query)["returnUrl"], userName: null, []);

    public async Task<IResult> SubmitAsync(HttpContext context)
    {
        if (await forms.ReadAsync(context) is not { } form)
            return Forms.Stale;
        var result = await create.ExecuteAsync(
            new CreateAccount.Request(form["username"] ?? "", form["password"] ?? ""), context.RequestAborted);
        switch (result)
        {
            case CreateAccount.Created created:
                var account = await accounts.FindAsync(created.RallyId, context.RequestAborted)
                    ?? throw new InvalidOperationException("The account just made is gone.");
                await session.BeginAsync(context, account);
                return new SeeOther(ReturnUrl.Local(form["returnUrl"]));
            case CreateAccount.UsernameTaken:
                return await PageAsync(context, form["returnUrl"], form["username"], ["That user name is taken."]);
            case CreateAccount.Invalid invalid:
                return await PageAsync(context, form["returnUrl"], form["username"], invalid.Reasons);
            default:
                throw new UnreachableException($"{result.GetType()}");
        }
    }

    private async Task<IResult> PageAsync(
        HttpContext context, string? askedUrl, string? userName, IReadOnlyCollection<string> errors)
    {
        var returnUrl = ReturnUrl.Local(askedUrl);
        var request = await pending.FindAsync(returnUrl, context.RequestAborted);
        return new PageResult(
            "Sign up",
            $"""
            {Forms.Errors(errors)}
            {PendingAuthorization.Describe(request)}
            <form method="post" action="{Paths.SignUp}">
              {forms.Token(context)}
              <input type="hidden" name="returnUrl" value="{returnUrl}">
              <label for="username">User name</label>
              <input id="username" name="username" value="{userName}" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="32" aria-describedby="username-rule" required>
              <p id="username-rule" class="hint">{UserName.Rule}</p>
              <label for="password">Password</label>
              <input id="password" name="password" type="password" autocomplete="new-password" minlength="{CreateAccount.LeastPasswordLength}" maxlength="{CreateAccount.GreatestPasswordLength}" aria-describedby="password-rule" required>
              <p id="password-rule" class="hint">At least {CreateAccount.LeastPasswordLength} characters of any kind.</p>
              <button>Sign up</button>
            </form>
            <p>Have one already? <a href="{ReturnUrl.With(Paths.SignIn, returnUrl)}">Sign in</a></p>
            """,
            errors.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest,
            request?.RedirectUri);
    }
}
