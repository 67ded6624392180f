using Microsoft.AspNetCore.Http;
using Rally.Auth.Accounts;
using Rally.Auth.Server;

namespace Rally.Auth.Pages;

/// <summary>/account/password</summary>
internal sealed class PasswordPage(BrowserSession session, ChangePassword change, Forms forms)
{
    public async Task<IResult> ShowAsync(HttpContext context) =>
        await session.FindAccountAsync(context) is { } account
            ? Page(context, account, [])
            : new SeeOther(ReturnUrl.With(Paths.SignIn, Paths.Password));

    public async Task<IResult> SubmitAsync(HttpContext context)
    {
        var account = await session.FindAccountAsync(context);
        if (await forms.ReadAsync(context) is not { } form || account is null)
            return Forms.Stale;
        if (await change.ExecuteAsync(
            account, BrowserSession.IdOf(context), form["password"], form["new-password"], context.RequestAborted) is { } fault)
            return Page(context, account, [fault]);
        await session.KeepAsync(context);
        return new PageResult(
            "Your password is changed",
            $"""
            <p role="status">Browsers that were signed in elsewhere are signed out. Apps keep the access you gave them.</p>
            <p><a href="{Paths.Account}">Your account</a></p>
            """);
    }

    /// <summary>The field for a new password, with its rule.</summary>
    public static Html NewPassword(string label) => $"""
        <label for="new-password">{label}</label>
        <input id="new-password" name="new-password" type="password" autocomplete="new-password" minlength="{CreateAccount.LeastPasswordLength}" maxlength="{CreateAccount.GreatestPasswordLength}" aria-describedby="password-rule" required>
        <p id="password-rule" class="hint">At least {CreateAccount.LeastPasswordLength} characters of any kind.</p>
        """;

    private PageResult Page(HttpContext context, Account account, string[] errors) => new(
        "Change your password",
        $"""
        {Forms.Errors(errors)}
        <form method="post" action="{Paths.Password}">
          {forms.Token(context)}
          <input type="hidden" name="username" value="{account.UserName}" autocomplete="username">
          <label for="password">Present password</label>
          <input id="password" name="password" type="password" autocomplete="current-password" required>
          {NewPassword("New password")}
          <button>Change password</button>
        </form>
        <p class="hint">All other browsers are signed out then.</p>
        """,
        errors.Length == 0 ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
}
