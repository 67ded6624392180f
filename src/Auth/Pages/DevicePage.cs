using Microsoft.AspNetCore.Http;
using Rally.Auth.Accounts;
using Rally.Auth.Server;
using Rally.Auth.Server.Devices;

namespace Rally.Auth.Pages;

/// <summary>
/// /device: type the code that a device shows, see who asks for what, allow or deny. A link may fill the code in, but
/// never allows by itself: whoever sends such links to others would get into their accounts (RFC 8628, 5.4).
/// </summary>
internal sealed class DevicePage(BrowserSession session, DeviceRequests devices, SignOutPage signOut, Forms forms, ScopeCatalog scopes)
{
    private const string WrongCode = "No device shows that code, or it has expired. Look at the device again; it may show a new one by now.";
    private const string TooManyCodes = "Too many wrong codes. Wait ten minutes and try again.";

    public async Task<IResult> ShowAsync(HttpContext context)
    {
        var code = UserCode.Read(Parameters.Of(context.Request.Query)["user_code"]);
        return await session.FindAccountAsync(context) is null
            ? new SeeOther(ReturnUrl.With(Paths.SignIn, AddressFor(code)))
            : AskForCode(context, code);
    }

    public async Task<IResult> SubmitAsync(HttpContext context)
    {
        // The anti-forgery token is bound to who is signed in.
        var account = await session.FindAccountAsync(context);
        if (await forms.ReadAsync(context) is not { } form || account is null)
            return Forms.Stale;
        var stop = context.RequestAborted;
        var code = UserCode.Read(form["user_code"]);
        if (await devices.HasGuessedTooOftenAsync(account.Id, stop))
            return AskForCode(context, code, TooManyCodes, StatusCodes.Status429TooManyRequests);
        if (await devices.FindAsync(account.Id, code, stop) is not { } device)
            return AskForCode(context, code, WrongCode, StatusCodes.Status400BadRequest);
        switch (form["decision"])
        {
            case "allow":
                return await devices.AllowAsync(device, account.Id, BrowserSession.SignedInAt(context), stop)
                    ? new PageResult("The device is connected", $"<p><strong>{device.Client.Name}</strong> can use your account now. Go back to your device.</p>")
                    : AskForCode(context, code, WrongCode, StatusCodes.Status400BadRequest);
            case "deny":
                await devices.DenyAsync(device, stop);
                return new PageResult("The device was refused", $"<p><strong>{device.Client.Name}</strong> got nothing. You can close this page.</p>");
            default:
                return Confirm(context, device, account);
        }
    }

    private static string AddressFor(string? code) => code is null ? Paths.Device : $"{Paths.Device}?user_code={UserCode.Show(code)}";

    private PageResult AskForCode(HttpContext context, string? code, string? error = null, int status = StatusCodes.Status200OK) => new(
        "Connect a device",
        $"""
        {Forms.Errors(error is null ? [] : [error])}
        <form method="post" action="{Paths.Device}">
          {forms.Token(context)}
          <label for="user_code">The code on the device's screen</label>
          <input id="user_code" name="user_code" value="{(code is null ? "" : UserCode.Show(code))}" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="32" aria-describedby="code-rule" required>
          <p id="code-rule" class="hint">Eight letters, such as BCDF-GHJK. Never type a code that somebody sent you.</p>
          <button>Continue</button>
        </form>
        """,
        status);

    private PageResult Confirm(HttpContext context, DeviceRequests.Waiting device, Account account) => new(
        $"Connect {device.Client.Name}?",
        $"""
        {AppIntro.Of(device.Client, "asks for access to your Rally account from a device.")}
        <p class="link">Go on only if you began this yourself, and the device in front of you shows
        <strong>{UserCode.Show(device.UserCode)}</strong>. If somebody sent you this code or a link to this page, press Deny:
        they would get into your account.</p>
        <h2>It will be able to</h2>
        <ul>{device.Scopes.Select(Html (scope) => $"<li>{scopes.Find(scope)?.Meaning}</li>")}</ul>
        {(scopes.Spend(device.Scopes) ? (Html)$"<p>It spends within the limits on <a href=\"{AppPage.AddressOf(device.Client.Id)}\">its page on your account</a>, and nothing without any.</p>" : Html.Empty)}
        <form method="post" action="{Paths.Device}">
          {forms.Token(context)}
          <input type="hidden" name="user_code" value="{device.UserCode}">
          <div class="choice">
            <button name="decision" value="allow">Allow</button>
            <button name="decision" value="deny" class="quiet">Deny</button>
          </div>
        </form>
        <p class="hint">You can take this back at any time on <a href="{Paths.Account}">your account page</a>.</p>
        <section aria-label="Signed in">
          <p>Signed in as <strong>{account.UserName}</strong>. Not you?</p>
          {signOut.Button(context, "Switch account", ReturnUrl.With(Paths.SignIn, AddressFor(device.UserCode)))}
        </section>
        """,
        hasImages: device.Client.LogoVersion is not null);
}
