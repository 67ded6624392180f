using Microsoft.AspNetCore.Http;
using Rally.Auth.Accounts;
using Rally.Auth.Server;

namespace Rally.Auth.Pages;

/// <summary>/sign-out: a button, because a mere link could be followed by another site's page.</summary>
internal sealed class SignOutPage(BrowserSession session, Forms forms)
{
    public async Task<IResult> ShowAsync(HttpContext context) =>
        await session.FindAccountAsync(context) is not { } account
            ? new SeeOther(Paths.SignIn)
            : new PageResult(
                "Sign out",
                $"""
                <p>You are signed in as <strong>{account.UserName}</strong>.</p>
                {Button(context, "Sign out", Paths.SignIn)}
                """);

    public async Task<IResult> SubmitAsync(HttpContext context)
    {
        // The anti-forgery token is bound to who is signed in.
        await session.FindAccountAsync(context);
        if (await forms.ReadAsync(context) is not { } form)
            return Forms.Stale;
        await session.EndAsync(context);
        return new SeeOther(ReturnUrl.Local(form["returnUrl"]));
    }

    /// <summary>A form with one button that signs out and goes on to <paramref name="returnUrl"/>.</summary>
    public Html Button(HttpContext context, string text, string returnUrl) => $"""
        <form method="post" action="{Paths.SignOut}">
          {forms.Token(context)}
          <input type="hidden" name="returnUrl" value="{returnUrl}">
          <button class="quiet">{text}</button>
        </form>
        """;
}
