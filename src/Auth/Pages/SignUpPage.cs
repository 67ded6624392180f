using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Rally.Auth.Accounts;
using Rally.Auth.Mail;
using Rally.Auth.Server;

namespace Rally.Auth.Pages;

/// <summary>/sign-up</summary>
internal sealed class SignUpPage(
    CreateAccount create, SetEmail setEmail, AccountStore accounts, BrowserSession session, Forms forms, PendingAuthorization pending)
{
    public Task<IResult> ShowAsync(HttpContext context) =>
        PageAsync(context, Parameters.Of(context.Request.Query)["returnUrl"], null, null, []);

    public async Task<IResult> SubmitAsync(HttpContext context)
    {
        if (await forms.ReadAsync(context) is not { } form)
            return Forms.Stale;
        var email = EmailAddress.Fold(form["email"]);
        if (form["email"] is not null && email is null)
            return await PageAsync(context, form["returnUrl"], form["username"], form["email"], [EmailAddress.Rule]);
        var result = await create.ExecuteAsync(
            new CreateAccount.Request(form["username"] ?? "", form["password"] ?? ""), context.RequestAborted);
        switch (result)
        {
            case CreateAccount.Created created:
                var account = await accounts.FindAsync(created.RallyId, context.RequestAborted)
                    ?? throw new InvalidOperationException("The account just made is gone.");
                if (email is not null)
                    await setEmail.AskAsync(account, email, context.RequestAborted);
                await session.BeginAsync(context, account);
                return new SeeOther(ReturnUrl.Local(form["returnUrl"]));
            case CreateAccount.UsernameTaken:
                return await PageAsync(context, form["returnUrl"], form["username"], email, ["That user name is taken."]);
            case CreateAccount.Invalid invalid:
                return await PageAsync(context, form["returnUrl"], form["username"], email, invalid.Reasons);
            default:
                throw new UnreachableException($"{result.GetType()}");
        }
    }

    private async Task<IResult> PageAsync(
        HttpContext context, string? askedUrl, string? userName, string? email, IReadOnlyCollection<string> errors)
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
              <label for="email">E-mail address (optional)</label>
              <input id="email" name="email" type="email" value="{email}" autocomplete="email" maxlength="{EmailAddress.GreatestLength}" aria-describedby="email-use">
              <p id="email-use" class="hint">Only to let you back in when you forget the password. You confirm it by a link.</p>
              <p class="hint">All amounts and transfers of your account are public, under its Rally id, a number. Your user name does not stand beside them.</p>
              <button>Sign up</button>
            </form>
            <p>Have one already? <a href="{ReturnUrl.With(Paths.SignIn, returnUrl)}">Sign in</a></p>
            """,
            errors.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest,
            request?.RedirectUri);
    }
}
