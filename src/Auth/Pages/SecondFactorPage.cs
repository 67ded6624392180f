using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Rally.Auth.Accounts;
using Rally.Auth.SecondFactors;
using Rally.Auth.Server;

namespace Rally.Auth.Pages;

/// <summary>/account/second-factor: an authenticator app is set up, or no longer asked for.</summary>
internal sealed class SecondFactorPage(
    BrowserSession session, SignIn signIn, SecondFactor second, Issuer issuer, IDataProtectionProvider protection, Forms forms)
{
    private readonly IDataProtector _protector = protection.CreateProtector("Rally.Auth.TotpSetup");

    public async Task<IResult> ShowAsync(HttpContext context) =>
        await session.FindAccountAsync(context) is not { } account
            ? new SeeOther(ReturnUrl.With(Paths.SignIn, Paths.SecondFactor))
            : await PageAsync(context, account, null, []);

    public async Task<IResult> SubmitAsync(HttpContext context)
    {
        var account = await session.FindAccountAsync(context);
        if (await forms.ReadAsync(context) is not { } form || account is null)
            return Forms.Stale;
        var stop = context.RequestAborted;
        if (!account.HasSecondFactor)
        {
            if (OpenKey(account, form["key"]) is not { } key)
                return Forms.Stale;
            if (!await signIn.CheckAsync(account, form["password"], stop))
                return await PageAsync(context, account, key, [SignIn.WrongPassword]);
            if (await second.TurnOnAsync(account.Id, key, form["code"], BrowserSession.IdOf(context), stop) is not { } codes)
                return await PageAsync(context, account, key, ["That code is not the one the app should show. Is the clock of your phone right?"]);
            await session.KeepAsync(context);
            return Codes("Your second factor is on", codes);
        }

        if (!await signIn.CheckAsync(account, form["password"], stop))
            return await PageAsync(context, account, null, [SignIn.WrongPassword]);
        if (!await second.TakeAsync(account, form["code"], stop))
            return await PageAsync(context, account, null, ["That code is not right, or was used before."]);
        if (form["action"] != "off")
            return Codes("Your new recovery codes", await second.NewRecoveryCodesAsync(account.Id, stop));
        await second.TurnOffAsync(account.Id, stop);
        return new SeeOther(Paths.Account);
    }

    private static PageResult Codes(string title, IReadOnlyList<string> codes) => new(
        title,
        $"""
        <p role="status">Keep these recovery codes where you find them without your phone. Each lets you in once, and they are shown only now.</p>
        <ul class="plain">{codes.Select(Html (code) => $"<li><code>{code}</code></li>")}</ul>
        <p><a href="{Paths.Account}">Your account</a></p>
        """);

    private async Task<IResult> PageAsync(HttpContext context, Account account, byte[]? key, string[] errors) => new PageResult(
        "Second factor",
        account.HasSecondFactor
            ? On(context, account, await second.RecoveryCodesLeftAsync(account.Id, context.RequestAborted), errors)
            : Off(context, account, key ?? Totp.NewKey(), errors),
        errors.Length == 0 ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);

    private Html Off(HttpContext context, Account account, byte[] key, string[] errors) => $"""
        {Forms.Errors(errors)}
        <p>An authenticator app on your phone shows a code that you are asked for at each sign-in, so that your password alone opens nothing.</p>
        <p>Type this key into the app, or <a href="{Totp.Uri(key, account.UserName, new Uri(issuer.Of(context.Request)).Host)}">open it on this phone</a>:</p>
        <p><code>{Base32.InGroups(Base32.Encode(key))}</code></p>
        <form method="post" action="{Paths.SecondFactor}">
          {forms.Token(context)}
          <input type="hidden" name="key" value="{SealKey(account, key)}">
          <input type="hidden" name="username" value="{account.UserName}" autocomplete="username">
          <label for="code">The code that it shows then</label>
          <input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="10" required>
          {Password}
          <button>Turn on</button>
        </form>
        <p class="hint">All other browsers are signed out then.</p>
        """;

    private Html On(HttpContext context, Account account, long codesLeft, string[] errors) => $"""
        {Forms.Errors(errors)}
        <p>You are asked for a code of your authenticator app at each sign-in. {(int)codesLeft} of your recovery codes are left.</p>
        <form method="post" action="{Paths.SecondFactor}">
          {forms.Token(context)}
          <input type="hidden" name="username" value="{account.UserName}" autocomplete="username">
          {SignInCodePage.Field}
          {Password}
          <div class="choice">
            <button name="action" value="codes">Make new recovery codes</button>
            <button name="action" value="off" class="quiet">Turn off</button>
          </div>
        </form>
        """;

    private static Html Password => $"""
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required>
        """;

    // The key travels in the form until a code has proven that the app has it; sealed for this account.
    private string SealKey(Account account, byte[] key) =>
        WebEncoders.Base64UrlEncode(_protector.Protect([.. account.Id.ToByteArray(), .. key]));

    private byte[]? OpenKey(Account account, string? sealedKey)
    {
        try
        {
            var content = _protector.Unprotect(WebEncoders.Base64UrlDecode(sealedKey ?? ""));
            return content.AsSpan(0, 16).SequenceEqual(account.Id.ToByteArray()) ? content[16..] : null;
        }
        catch (Exception foreign) when (foreign is CryptographicException or FormatException)
        {
            return null;
        }
    }
}
