using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Rally.Auth.Accounts;
using Rally.Auth.Passkeys;
using Rally.Auth.Server;

namespace Rally.Auth.Pages;

/// <summary>/account/passkeys: those of the account, with their names; added, renamed and removed.</summary>
internal sealed class PasskeysPage(
    BrowserSession session, RecentProof proof, PasskeyStore passkeys, AddPasskey add, ChangePasskey change, Issuer issuer, Forms forms,
    PasskeyForms passkeyForms)
{
    public async Task<IResult> ShowAsync(HttpContext context) =>
        await session.FindAccountAsync(context) is { } account
            ? await PageAsync(context, account, null, [])
            : new SeeOther(ReturnUrl.With(Paths.SignIn, Paths.Passkeys));

    public async Task<IResult> AddAsync(HttpContext context)
    {
        // The anti-forgery token is bound to who is signed in.
        var account = await session.FindAccountAsync(context);
        if (await forms.ReadAsync(context) is not { } form || account is null)
            return Forms.Stale;
        if (!proof.IsThere(context))
            return RecentProof.Ask(Paths.Passkeys);
        if (PasskeyName.Fold(form["name"]) is not { } name)
            return await PageAsync(context, account, form["name"], [PasskeyName.Rule]);
        return await add.ExecuteAsync(context, account, form["ticket"], form["credential"], name) is { } fault
            ? await PageAsync(context, account, name, [fault])
            : new SeeOther(Paths.Passkeys);
    }

    public async Task<IResult> RenameAsync(HttpContext context)
    {
        var account = await session.FindAccountAsync(context);
        if (await forms.ReadAsync(context) is not { } form || account is null)
            return Forms.Stale;
        if (PasskeyName.Fold(form["name"]) is not { } name)
            return await PageAsync(context, account, null, [PasskeyName.Rule]);
        if (IdOf(form["passkey"]) is { } id)
            await change.RenameAsync(account, id, name, context.RequestAborted);
        return new SeeOther(Paths.Passkeys);
    }

    public async Task<IResult> RemoveAsync(HttpContext context)
    {
        var account = await session.FindAccountAsync(context);
        if (await forms.ReadAsync(context) is not { } form || account is null)
            return Forms.Stale;
        if (!proof.IsThere(context))
            return RecentProof.Ask(Paths.Passkeys);
        if (IdOf(form["passkey"]) is { } id)
            await change.RemoveAsync(account, id, context.RequestAborted);
        return new SeeOther(Paths.Passkeys);
    }

    private async Task<IResult> PageAsync(HttpContext context, Account account, string? name, string[] errors)
    {
        var all = await passkeys.OfAsync(account.Id, context.RequestAborted);
        return new PageResult(
            "Passkeys",
            $"""
            {Forms.Errors(errors)}
            <p>A passkey lets you sign in by the lock of your phone or computer, or a security key: without a password, and without a code.
            It works on this site only, so that nobody can get it out of you elsewhere.</p>
            {(all.Count == 0 ? (Html)$"<p>You have none.</p>" : (Html)$"<ul class=\"apps\">{all.Select((one, index) => Row(context, one, index))}</ul>")}
            <h2>Add a passkey</h2>
            {await AddAsync(context, account, name ?? BrowserName.Of(context.Request.Headers.UserAgent), all.Count)}
            <p><a href="{Paths.Account}">Your account</a></p>
            """,
            errors.Length == 0 ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest,
            script: passkeyForms.ScriptFor(context));
    }

    private async Task<Html> AddAsync(HttpContext context, Account account, string name, int count)
    {
        if (!PasskeySettings.ArePossible(issuer, context.Request))
            return $"<p>Browsers make passkeys only for a server with a name, and this page stands under an IP address.</p>";
        if (count >= PasskeyStore.MostOfOneAccount)
            return $"<p>You have as many as there can be. Remove one first.</p>";
        if (!proof.IsThere(context))
            return $"<p><a href=\"{ReturnUrl.With(Paths.Prove, Paths.Passkeys)}\">Show first that it is still you</a></p>";
        var question = await add.AskAsync(context, account);
        return $"""
            <noscript><p>This needs JavaScript.</p></noscript>
            <form method="post" action="{Paths.AddPasskey}" data-passkey="create" data-options="{question.Options}" hidden>
              {forms.Token(context)}
              <input type="hidden" name="ticket" value="{question.Ticket}">
              <input type="hidden" name="credential">
              <label for="name">What to call it</label>
              <input id="name" name="name" value="{name}" autocomplete="off" maxlength="{PasskeyName.GreatestLength}" required>
              <button>Add a passkey</button>
            </form>
            """;
    }

    private Html Row(HttpContext context, PasskeyStore.Passkey one, int index)
    {
        var id = WebEncoders.Base64UrlEncode(one.CredentialId);
        return $"""
            <li>
              <p><strong>{one.Name}</strong></p>
              <p class="hint">Added {Show.Time(one.CreatedAt)}, {(one.UsedAt is { } used ? (Html)$"last used {Show.Time(used)}" : (Html)$"never used")}{(one.IsBackedUp ? ", copied to your other devices" : "")}</p>
              <form method="post" action="{Paths.RenamePasskey}">
                {forms.Token(context)}
                <input type="hidden" name="passkey" value="{id}">
                <label for="name-{index}">Another name for {one.Name}</label>
                <input id="name-{index}" name="name" value="{one.Name}" autocomplete="off" maxlength="{PasskeyName.GreatestLength}" required>
                <button class="quiet" aria-label="Rename {one.Name}">Rename</button>
              </form>
              <form method="post" action="{Paths.RemovePasskey}">
                {forms.Token(context)}
                <input type="hidden" name="passkey" value="{id}">
                <button class="quiet" aria-label="Remove {one.Name}">Remove</button>
              </form>
            </li>
            """;
    }

    private static byte[]? IdOf(string? text)
    {
        try
        {
            return WebEncoders.Base64UrlDecode(text ?? "");
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
