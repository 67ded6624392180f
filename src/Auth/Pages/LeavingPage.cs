using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Rally.Auth.Accounts;
using Rally.Auth.Leaving;
using Rally.Auth.Passkeys;
using Rally.Auth.SecondFactors;
using Rally.Auth.Server;

namespace Rally.Auth.Pages;

/// <summary>/account/export and /account/delete: everything kept of a person, to take along; and its end.</summary>
internal sealed class LeavingPage(
    BrowserSession session, RecentProof proof, SignIn signIn, SecondFactor second, CheckPasskey check, PasskeyStore store, ExportAccount export,
    DeleteAccount delete, Issuer issuer, Forms forms, PasskeyForms passkeys)
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    public async Task<IResult> ExportAsync(HttpContext context)
    {
        if (await session.FindAccountAsync(context) is not { } account)
            return new SeeOther(ReturnUrl.With(Paths.SignIn, Paths.DeleteAccount));
        if (!proof.IsThere(context))
            return RecentProof.Ask(Paths.DeleteAccount);
        var content = await export.ExecuteAsync(account, issuer.Of(context.Request), context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return Results.File(JsonSerializer.SerializeToUtf8Bytes(content, Readable), "application/json", $"rally-{account.Id}.json");
    }

    public async Task<IResult> ShowAsync(HttpContext context) =>
        await session.FindAccountAsync(context) is { } account
            ? await PageAsync(context, account, null, [])
            : new SeeOther(ReturnUrl.With(Paths.SignIn, Paths.DeleteAccount));

    public async Task<IResult> DeleteAsync(HttpContext context)
    {
        // The anti-forgery token is bound to who is signed in.
        var account = await session.FindAccountAsync(context);
        if (await forms.ReadAsync(context) is not { } form || account is null)
            return Forms.Stale;
        var stop = context.RequestAborted;
        if (UserName.Fold(form["username"]) != account.UserName)
            return await PageAsync(context, account, form["username"], [WrongName]);
        var isCode = account.HasSecondFactor && form["password"] is null;
        var isRight = isCode ? await second.TakeAsync(account, form["code"], stop) : await signIn.CheckAsync(account, form["password"], stop);
        return isRight
            ? await DeleteAsync(context, account, form)
            : await PageAsync(context, account, form["username"], [isCode ? ProvePage.WrongCode : SignIn.WrongPassword]);
    }

    public async Task<IResult> DeleteByPasskeyAsync(HttpContext context)
    {
        var account = await session.FindAccountAsync(context);
        if (await forms.ReadAsync(context) is not { } form || account is null)
            return Forms.Stale;
        if (UserName.Fold(form["username"]) != account.UserName)
            return await PageAsync(context, account, form["username"], [WrongName]);
        return await check.ExecuteAsync(context, account, form["ticket"], form["credential"]) is not null
            ? await DeleteAsync(context, account, form)
            : await PageAsync(context, account, form["username"], [CheckPasskey.Refusal]);
    }

    private const string WrongName = "That is not the user name of this account.";

    private async Task<IResult> DeleteAsync(HttpContext context, Account account, Parameters form)
    {
        if (!await delete.ExecuteAsync(account, context.RequestAborted))
            return await PageAsync(context, account, form["username"], ["You are the only operator. Nobody could run this installation after you."]);
        await session.EndAsync(context);
        return new PageResult(
            "Your account is deleted",
            $"""
            <p role="status">What this server knew of you is gone. What your Rally id <code>{account.Id.ToString()}</code> did stays in the public log, without your name.</p>
            <p>Nobody can take your user name for {(int)ReservedNames.Lifetime.TotalDays} days. Backups that the operator made before still have your data until they are thrown away.</p>
            """);
    }

    private async Task<IResult> PageAsync(HttpContext context, Account account, string? typed, string[] errors)
    {
        var hasPasskey = (await store.OfAsync(account.Id, context.RequestAborted)).Count > 0;
        return new PageResult(
            "Leave",
            $"""
            {Forms.Errors(errors)}
            <h2>Take your data along</h2>
            <p>One file with all that is kept of you here: account, browsers, links, passkeys, apps. It has no passwords or keys in it. Apps that
            you allowed, this server's Discord bot too, keep what they keep of you themselves: the file names them, and it is for their owners to tell.</p>
            <p><a href="{Paths.ExportAccount}">Download your data</a></p>
            <h2>Delete your account</h2>
            <p>At once, and for good, these go: your user name, password, e-mail address, second factor and passkeys; your linked accounts, and with them
            roles and perks that they opened; the access of all apps, which learn that you are gone when they ask; the apps that you registered, for everybody who uses them; every browser that is signed in.</p>
            <p>These stay: balances and transfers of the Rally id <code>{account.Id.ToString()}</code> in the public log, which nobody can take entries out of. <strong>Coins
            that you hold are lost</strong>, for nobody can sign in for that id again: send or sell them first. A coin that you have launched goes on
            without you, and what is due to its creator goes to that id as well.</p>
            <form method="post" action="{Paths.DeleteAccount}">
              {forms.Token(context)}
              {NameField(account, typed, "username")}
              <label for="password">Password{(account.HasSecondFactor ? ", or leave it empty and give a code" : "")}</label>
              <input id="password" name="password" type="password" autocomplete="current-password"{(account.HasSecondFactor ? "" : " required")}>
              {(account.HasSecondFactor ? Code : Html.Empty)}
              <button>Delete my account for good</button>
            </form>
            {(hasPasskey ? await passkeys.SignInAsync(context, account, Paths.DeleteAccountByPasskey, Paths.Account, "Delete my account for good, with a passkey", NameField(account, typed, "username-with-passkey")) : Html.Empty)}
            <p><a href="{Paths.Account}">Keep it</a></p>
            """,
            errors.Length == 0 ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest,
            script: hasPasskey ? passkeys.ScriptFor(context) : null);
    }

    private static Html NameField(Account account, string? typed, string id) => $"""
        <label for="{id}">Type your user name, {account.UserName}</label>
        <input id="{id}" name="username" value="{typed}" autocomplete="off" autocapitalize="none" spellcheck="false" required>
        """;

    private static Html Code => $"""
        <label for="code">Code of your authenticator app</label>
        <input id="code" name="code" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" maxlength="40">
        """;
}
