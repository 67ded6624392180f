using Microsoft.AspNetCore.Http;
using Rally.Auth.Accounts;
using Rally.Auth.Server;

namespace Rally.Auth.Pages;

/// <summary>/operator/setup: where the link that is printed at the first starts leads.</summary>
internal sealed class OperatorSetupPage(BrowserSession session, FirstOperator first, Forms forms)
{
    public async Task<IResult> ShowAsync(HttpContext context)
    {
        var token = Parameters.Of(context.Request.Query)["token"];
        if (!await first.IsGoodAsync(token, context.RequestAborted))
            return EmailPage.Over;
        return await session.FindAccountAsync(context) is not { } account
            ? new SeeOther(ReturnUrl.With(Paths.SignIn, $"{Paths.OperatorSetup}?token={token}"))
            : new PageResult(
                "Become the operator",
                $"""
                <p>The Rally account <strong>{account.UserName}</strong> will run this installation: look accounts up, lock and unlock them, and pass links on.</p>
                <form method="post" action="{Paths.OperatorSetup}">
                  {forms.Token(context)}
                  <input type="hidden" name="token" value="{token}">
                  <button>Become the operator</button>
                </form>
                """);
    }

    public async Task<IResult> SubmitAsync(HttpContext context)
    {
        var account = await session.FindAccountAsync(context);
        if (await forms.ReadAsync(context) is not { } form || account is null)
            return Forms.Stale;
        return await first.MakeAsync(form["token"], account.Id, context.RequestAborted) ? new SeeOther(Paths.Operator) : EmailPage.Over;
    }
}
