using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Rally.Auth.Accounts;
using Rally.Auth.Mail;
using Rally.Auth.Server;

namespace Rally.Auth.Pages;

/// <summary>/account/email, and /confirm-email, where the link in the mail leads.</summary>
internal sealed class EmailPage(BrowserSession session, SignIn signIn, SetEmail setEmail, LinkTokens tokens, IOptions<AuthOptions> options, Forms forms)
{
    /// <summary>Who brings the link: the mail, or people.</summary>
    public static string LinkIsOnItsWay(AuthOptions options) => options.Mail.Host is null
        ? "This server sends no mail: its operator sees the link and can pass it on to you."
        : "Look into your mailbox, and into its spam folder.";

    public async Task<IResult> ShowAsync(HttpContext context) =>
        await session.FindAccountAsync(context) is { } account
            ? Page(context, account, null, [])
            : new SeeOther(ReturnUrl.With(Paths.SignIn, Paths.Email));

    public async Task<IResult> SubmitAsync(HttpContext context)
    {
        var account = await session.FindAccountAsync(context);
        if (await forms.ReadAsync(context) is not { } form || account is null)
            return Forms.Stale;
        var remove = form["action"] == "remove";
        var email = EmailAddress.Fold(form["email"]);
        if (!remove && email is null)
            return Page(context, account, form["email"], [EmailAddress.Rule]);
        if (!await signIn.CheckAsync(account, form["password"], context.RequestAborted))
            return Page(context, account, form["email"], [SignIn.WrongPassword]);
        if (remove)
        {
            await setEmail.RemoveAsync(account, context.RequestAborted);
            return new SeeOther(Paths.Account);
        }

        if (!await setEmail.AskAsync(account, email!, context.RequestAborted))
            return Page(context, account, email, ["Some links are on their way to you already. Use one of them, or wait two days."]);
        return new PageResult(
            "Confirm your address",
            $"""
            <p role="status">A link for <strong>{email}</strong> was made. {LinkIsOnItsWay(options.Value)} The address counts once you have opened it.</p>
            <p><a href="{Paths.Account}">Your account</a></p>
            """);
    }

    /// <summary>Only shows: mail programs fetch links to look for harm.</summary>
    public async Task<IResult> ShowLinkAsync(HttpContext context)
    {
        var token = Parameters.Of(context.Request.Query)["token"];
        await session.FindAccountAsync(context);
        return await tokens.FindAsync(LinkTokens.ConfirmEmail, token, context.RequestAborted) is not { } found
            ? Over
            : new PageResult(
                "Confirm your address",
                $"""
                <p>The address <strong>{found.Email}</strong> becomes the one of the Rally account that asked for it. It can then be used to reset the account's password. If you did not ask, close this page.</p>
                <form method="post" action="{Paths.ConfirmEmail}">
                  {forms.Token(context)}
                  <input type="hidden" name="token" value="{token}">
                  <button>Confirm</button>
                </form>
                """);
    }

    public async Task<IResult> ConfirmAsync(HttpContext context)
    {
        await session.FindAccountAsync(context);
        if (await forms.ReadAsync(context) is not { } form)
            return Forms.Stale;
        return await setEmail.ConfirmAsync(form["token"], context.RequestAborted) is { } email
            ? new PageResult(
                "Your address is confirmed",
                $"""
                <p role="status"><strong>{email}</strong> belongs to your Rally account now.</p>
                <p><a href="{Paths.Account}">Your account</a></p>
                """)
            : Over;
    }

    /// <summary>For a link that was used, is too old, or never was.</summary>
    public static PageResult Over { get; } = new(
        "This link is over",
        $"""<p role="alert">It was used, is too old, or is not whole. Ask for another one.</p>""",
        StatusCodes.Status400BadRequest);

    private PageResult Page(HttpContext context, Account account, string? typed, string[] errors) => new(
        "Your e-mail address",
        $"""
        {Forms.Errors(errors)}
        <p>{(account.Email is { } email ? (Html)$"Now: <strong>{email}</strong>." : (Html)$"None.")} It is used to let you back in when you have forgotten your password, and for nothing else.</p>
        <form method="post" action="{Paths.Email}">
          {forms.Token(context)}
          <input type="hidden" name="username" value="{account.UserName}" autocomplete="username">
          <label for="email">E-mail address</label>
          <input id="email" name="email" type="email" value="{typed ?? account.Email}" autocomplete="email" maxlength="{EmailAddress.GreatestLength}">
          <label for="password">Password</label>
          <input id="password" name="password" type="password" autocomplete="current-password" required>
          <div class="choice">
            <button name="action" value="set">Send a link to this address</button>
            {(account.Email is null ? Html.Empty : (Html)$"""<button name="action" value="remove" class="quiet">Remove the address</button>""")}
          </div>
        </form>
        """,
        errors.Length == 0 ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
}
