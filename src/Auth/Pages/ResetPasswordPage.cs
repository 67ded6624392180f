using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Rally.Auth.Accounts;
using Rally.Auth.Mail;
using Rally.Auth.Server;

namespace Rally.Auth.Pages;

/// <summary>/forgot-password, and /reset-password, where the link in the mail leads.</summary>
internal sealed class ResetPasswordPage(BrowserSession session, ResetPassword reset, IOptions<AuthOptions> options, Forms forms)
{
    public async Task<IResult> ShowAsync(HttpContext context)
    {
        await session.FindAccountAsync(context);
        return new PageResult(
            "Reset your password",
            $"""
            <form method="post" action="{Paths.ForgotPassword}">
              {forms.Token(context)}
              <label for="who">User name or e-mail address</label>
              <input id="who" name="who" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="{EmailAddress.GreatestLength}" required>
              <button>Ask for a link</button>
            </form>
            <p><a href="{Paths.SignIn}">Back to sign-in</a></p>
            """);
    }

    /// <summary>The same answer to everybody.</summary>
    public async Task<IResult> AskAsync(HttpContext context)
    {
        await session.FindAccountAsync(context);
        if (await forms.ReadAsync(context) is not { } form)
            return Forms.Stale;
        if (form["who"] is { Length: <= EmailAddress.GreatestLength } who)
            reset.Ask(who);
        Html known = options.Value.Mail.Host is null ? $"If there is such an account," : (Html)$"If there is such an account with a confirmed address,";
        return new PageResult(
            "A link, if there is an account",
            $"""
            <p role="status">{known} a link was made that lets you choose another password within an hour. {EmailPage.LinkIsOnItsWay(options.Value)}</p>
            <p><a href="{Paths.SignIn}">Back to sign-in</a></p>
            """);
    }

    public async Task<IResult> ShowLinkAsync(HttpContext context)
    {
        var token = Parameters.Of(context.Request.Query)["token"];
        await session.FindAccountAsync(context);
        return await reset.FindAsync(token, context.RequestAborted) is { } account ? Page(context, account, token!, []) : EmailPage.Over;
    }

    public async Task<IResult> SetAsync(HttpContext context)
    {
        await session.FindAccountAsync(context);
        if (await forms.ReadAsync(context) is not { } form)
            return Forms.Stale;
        if (await reset.FindAsync(form["token"], context.RequestAborted) is not { } account)
            return EmailPage.Over;
        if (SetPassword.FaultOf(form["new-password"]) is { } fault)
            return Page(context, account, form["token"]!, [fault]);
        return await reset.SetAsync(form["token"], form["new-password"]!, context.RequestAborted)
            ? new PageResult(
                "Your password is changed",
                $"""
                <p role="status">All browsers that were signed in are signed out.</p>
                <p><a href="{Paths.SignIn}">Sign in</a></p>
                """)
            : EmailPage.Over;
    }

    private PageResult Page(HttpContext context, Account account, string token, string[] errors) => new(
        "Choose another password",
        $"""
        {Forms.Errors(errors)}
        <p>For the Rally account <strong>{account.UserName}</strong>.</p>
        <form method="post" action="{Paths.ResetPassword}">
          {forms.Token(context)}
          <input type="hidden" name="token" value="{token}">
          <input type="hidden" name="username" value="{account.UserName}" autocomplete="username">
          {PasswordPage.NewPassword("New password")}
          <button>Change password</button>
        </form>
        """,
        errors.Length == 0 ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
}
