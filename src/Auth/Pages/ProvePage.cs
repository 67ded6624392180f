using Microsoft.AspNetCore.Http;
using Rally.Auth.Accounts;
using Rally.Auth.Passkeys;
using Rally.Auth.SecondFactors;
using Rally.Auth.Server;

namespace Rally.Auth.Pages;

/// <summary>/account/prove: the password, a code or a passkey once more; see <see cref="RecentProof"/>.</summary>
internal sealed class ProvePage(
    BrowserSession session, Sessions sessions, SignIn signIn, SecondFactor second, CheckPasskey check, PasskeyStore store, Forms forms,
    PasskeyForms passkeys)
{
    /// <summary>What to say to somebody whose code was refused.</summary>
    public const string WrongCode = "That code is not right, was used before, or the account is locked for some minutes after too many wrong tries.";

    public async Task<IResult> ShowAsync(HttpContext context)
    {
        var returnUrl = ReturnUrl.Local(Parameters.Of(context.Request.Query)["returnUrl"]);
        return await session.FindAccountAsync(context) is { } account
            ? await PageAsync(context, account, returnUrl, [])
            : new SeeOther(ReturnUrl.With(Paths.SignIn, returnUrl));
    }

    public async Task<IResult> SubmitAsync(HttpContext context)
    {
        // The anti-forgery token is bound to who is signed in.
        var account = await session.FindAccountAsync(context);
        if (await forms.ReadAsync(context) is not { } form || account is null)
            return Forms.Stale;
        var stop = context.RequestAborted;
        var isCode = account.HasSecondFactor && form["code"] is not null;
        var isRight = isCode ? await second.TakeAsync(account, form["code"], stop) : await signIn.CheckAsync(account, form["password"], stop);
        return isRight
            ? await GoOnAsync(context, form)
            : await PageAsync(context, account, ReturnUrl.Local(form["returnUrl"]), [isCode ? WrongCode : SignIn.WrongPassword]);
    }

    public async Task<IResult> SubmitPasskeyAsync(HttpContext context)
    {
        var account = await session.FindAccountAsync(context);
        if (await forms.ReadAsync(context) is not { } form || account is null)
            return Forms.Stale;
        return await check.ExecuteAsync(context, account, form["ticket"], form["credential"]) is not null
            ? await GoOnAsync(context, form)
            : await PageAsync(context, account, ReturnUrl.Local(form["returnUrl"]), [CheckPasskey.Refusal]);
    }

    private async Task<IResult> GoOnAsync(HttpContext context, Parameters form)
    {
        await sessions.ProveAsync(BrowserSession.IdOf(context), context.RequestAborted);
        return new SeeOther(ReturnUrl.Local(form["returnUrl"]));
    }

    private async Task<IResult> PageAsync(HttpContext context, Account account, string returnUrl, string[] errors)
    {
        var hasPasskey = (await store.OfAsync(account.Id, context.RequestAborted)).Count > 0;
        return new PageResult(
            "Is it still you?",
            $"""
            {Forms.Errors(errors)}
            <p>What comes next matters, so please show once more that you are <strong>{account.UserName}</strong>. It holds for a quarter of an hour.</p>
            <form method="post" action="{Paths.Prove}">
              {forms.Token(context)}
              <input type="hidden" name="returnUrl" value="{returnUrl}">
              <input type="hidden" name="username" value="{account.UserName}" autocomplete="username">
              <label for="password">Password</label>
              <input id="password" name="password" type="password" autocomplete="current-password" required>
              <button>Go on</button>
            </form>
            {(account.HasSecondFactor ? Code(context, returnUrl) : Html.Empty)}
            {(hasPasskey ? await passkeys.SignInAsync(context, account, Paths.ProvePasskey, returnUrl, "Use a passkey") : Html.Empty)}
            """,
            errors.Length == 0 ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest,
            script: hasPasskey ? passkeys.ScriptFor(context) : null);
    }

    private Html Code(HttpContext context, string returnUrl) => $"""
        <form method="post" action="{Paths.Prove}">
          {forms.Token(context)}
          <input type="hidden" name="returnUrl" value="{returnUrl}">
          {SignInCodePage.Field}
          <button class="quiet">Go on with a code</button>
        </form>
        """;
}
