using Microsoft.AspNetCore.Http;
using Rally.Auth.Accounts;
using Rally.Auth.Passkeys;
using Rally.Auth.Server;

namespace Rally.Auth.Pages;

/// <summary>Forms that a passkey answers. They are hidden until the script has found that the browser can do it.</summary>
internal sealed class PasskeyForms(CheckPasskey check, Issuer issuer, Forms forms)
{
    /// <summary>What a page with such a form runs; null where there can be none.</summary>
    public string? ScriptFor(HttpContext context) =>
        PasskeySettings.ArePossible(issuer, context.Request) ? Paths.PasskeyScript : null;

    /// <summary>A form for whoever has a passkey of <paramref name="account"/>, or of anybody when that is null.</summary>
    /// <param name="context">The request to which the form is the answer.</param>
    /// <param name="account">Whose passkey it must be, or null.</param>
    /// <param name="action">Where it goes.</param>
    /// <param name="returnUrl">Where to go on from there.</param>
    /// <param name="button">What the button says.</param>
    /// <param name="typed">What is typed beside it, if anything.</param>
    /// <param name="autofill">Whether the browser offers passkeys with the user names too, without being asked.</param>
    public async Task<Html> SignInAsync(HttpContext context, Account? account, string action, string returnUrl, string button, Html? typed = null, bool autofill = false)
    {
        if (!PasskeySettings.ArePossible(issuer, context.Request))
            return Html.Empty;
        var question = await check.AskAsync(context, account);
        return $"""
            <form method="post" action="{action}" data-passkey="get" data-options="{question.Options}"{(autofill ? " data-autofill" : "")} hidden>
              {forms.Token(context)}
              <input type="hidden" name="returnUrl" value="{returnUrl}">
              <input type="hidden" name="ticket" value="{question.Ticket}">
              <input type="hidden" name="credential">
              {typed ?? Html.Empty}
              <button class="quiet">{button}</button>
            </form>
            """;
    }
}
