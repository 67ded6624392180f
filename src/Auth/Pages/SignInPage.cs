using Microsoft.AspNetCore.Http;
using Rally.Auth.Accounts;
using Rally.Auth.Passkeys;
using Rally.Auth.Server;

namespace Rally.Auth.Pages;

/// <summary>/sign-in</summary>
internal sealed class SignInPage(
    SignIn signIn, CheckPasskey check, SignInCodePage code, BrowserSession session, Forms forms, PasskeyForms passkeys, PendingAuthorization pending)
{
    private const string Refusal =
        "That user name and password do not fit together, or the account is locked for some minutes after too many wrong tries.";

    public Task<IResult> ShowAsync(HttpContext context) =>
        PageAsync(context, Parameters.Of(context.Request.Query)["returnUrl"], userName: null, []);

    public async Task<IResult> SubmitAsync(HttpContext context)
    {
        if (await forms.ReadAsync(context) is not { } form)
            return Forms.Stale;
        var account = await signIn.ExecuteAsync(form["username"], form["password"], context.RequestAborted);
        if (account is null)
            return await PageAsync(context, form["returnUrl"], form["username"], [Refusal]);
        if (account.HasSecondFactor)
            return await code.PageAsync(context, account, ReturnUrl.Local(form["returnUrl"]), []);
        await session.BeginAsync(context, account);
        return new SeeOther(ReturnUrl.Local(form["returnUrl"]));
    }

    /// <summary>A passkey counts as both factors: it is on a device, which has recognised its owner.</summary>
    public async Task<IResult> SubmitPasskeyAsync(HttpContext context)
    {
        if (await forms.ReadAsync(context) is not { } form)
            return Forms.Stale;
        if (await check.ExecuteAsync(context, null, form["ticket"], form["credential"]) is not { } account)
            return await PageAsync(context, form["returnUrl"], null, [CheckPasskey.Refusal]);
        await session.BeginAsync(context, account);
        return new SeeOther(ReturnUrl.Local(form["returnUrl"]));
    }

    private async Task<IResult> PageAsync(HttpContext context, string? askedUrl, string? userName, string[] errors)
    {
        var returnUrl = ReturnUrl.Local(askedUrl);
        var request = await pending.FindAsync(returnUrl, context.RequestAborted);
        return new PageResult(
            "Sign in",
            $"""
            {Forms.Errors(errors)}
            {PendingAuthorization.Describe(request)}
            <form method="post" action="{Paths.SignIn}">
              {forms.Token(context)}
              <input type="hidden" name="returnUrl" value="{returnUrl}">
              <label for="username">User name</label>
              <input id="username" name="username" value="{userName}" autocomplete="username webauthn" autocapitalize="none" spellcheck="false" required>
              <label for="password">Password</label>
              <input id="password" name="password" type="password" autocomplete="current-password" required>
              <button>Sign in</button>
            </form>
            {await passkeys.SignInAsync(context, null, Paths.SignInPasskey, returnUrl, "Sign in with a passkey", autofill: errors.Length == 0)}
            <p>New here? <a href="{ReturnUrl.With(Paths.SignUp, returnUrl)}">Sign up</a></p>
            <p><a href="{Paths.ForgotPassword}">Forgotten your password?</a></p>
            """,
            errors.Length == 0 ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest,
            request?.RedirectUri,
            passkeys.ScriptFor(context));
    }
}
