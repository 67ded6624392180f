using Microsoft.AspNetCore.Http;
using Rally.Auth.Accounts;
using Rally.Auth.SecondFactors;
using Rally.Auth.Server;

namespace Rally.Auth.Pages;

/// <summary>/sign-in/code: after the password, the code of those who have an authenticator app.</summary>
internal sealed class SignInCodePage(HalfSignIn half, SecondFactor second, BrowserSession session, Forms forms, PendingAuthorization pending)
{
    private const string Refusal = "That code is not right, was used before, or the account is locked for some minutes after too many wrong tries.";

    public async Task<IResult> SubmitAsync(HttpContext context)
    {
        if (await forms.ReadAsync(context) is not { } form)
            return Forms.Stale;
        var returnUrl = ReturnUrl.Local(form["returnUrl"]);
        if (await half.OpenAsync(form["ticket"], context.RequestAborted) is not { } account)
            return new SeeOther(ReturnUrl.With(Paths.SignIn, returnUrl));
        if (!await second.TakeAsync(account, form["code"], context.RequestAborted))
            return await PageAsync(context, account, returnUrl, [Refusal]);
        await session.BeginAsync(context, account);
        return new SeeOther(returnUrl);
    }

    /// <summary>The question for the code, once the password was right.</summary>
    public async Task<IResult> PageAsync(HttpContext context, Account account, string returnUrl, string[] errors)
    {
        var request = await pending.FindAsync(returnUrl, context.RequestAborted);
        return new PageResult(
            "Your code",
            $"""
            {Forms.Errors(errors)}
            {PendingAuthorization.Describe(request)}
            <form method="post" action="{Paths.SignInCode}">
              {forms.Token(context)}
              <input type="hidden" name="ticket" value="{half.Seal(account)}">
              <input type="hidden" name="returnUrl" value="{returnUrl}">
              {Field}
              <button>Sign in</button>
            </form>
            <p><a href="{ReturnUrl.With(Paths.SignIn, returnUrl)}">Begin again</a></p>
            """,
            errors.Length == 0 ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest,
            request?.RedirectUri);
    }

    /// <summary>The field for a code.</summary>
    public static Html Field => $"""
        <label for="code">Code of your authenticator app</label>
        <input id="code" name="code" inputmode="text" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" maxlength="40" aria-describedby="code-rule" required>
        <p id="code-rule" class="hint">Six digits. If you have lost the app, one of your recovery codes.</p>
        """;
}
