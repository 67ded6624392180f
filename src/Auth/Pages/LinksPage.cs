using System.Globalization;
using Microsoft.AspNetCore.Http;
using Rally.Auth.Accounts;
using Rally.Auth.Links;
using Rally.Auth.Server;

namespace Rally.Auth.Pages;

/// <summary>/account/links: which identities elsewhere are this account's, since when, and what is asked about them.</summary>
internal sealed class LinksPage(
    BrowserSession session, LinkStore links, MoveLink moveLink, RemoveLink removeLink, LinkWays ways, Forms forms, TimeProvider time)
{
    private static readonly Dictionary<string, string> Notices = new()
    {
        ["linked"] = "It is linked now.",
        ["asked"] = "It is linked to another Rally account, which is asked below.",
        ["moved"] = "It has moved to the other account.",
        ["removed"] = "It is no longer linked. Apps that had access through it have lost that.",
        ["kept"] = "Everything stays as it was.",
        ["gone"] = "Nothing was done: that was no longer asked, or no longer linked here.",
        ["full"] = "Nothing was moved: the other account has another one linked. It must remove that first.",
    };

    public async Task<IResult> ShowAsync(HttpContext context)
    {
        if (await session.FindAccountAsync(context) is not { } account)
            return new SeeOther(ReturnUrl.With(Paths.SignIn, Paths.Links));
        var own = await links.OfAsync(account.Id, context.RequestAborted);
        var moves = await links.MovesOfAsync(account.Id, context.RequestAborted);
        var notice = Notices.GetValueOrDefault(Parameters.Of(context.Request.Query)["done"] ?? "");
        return new PageResult(
            "Linked accounts",
            $"""
            {(notice is null ? Html.Empty : (Html)$"<p class=\"link\" role=\"status\">{notice}</p>")}
            {moves.Where(move => move.FromAccount == account.Id).Select(move => AskedOfUs(context, move))}
            {moves.Where(move => move.ToAccount == account.Id).Select(move => AskedByUs(context, move))}
            <p>What you link shows others that it is you, and opens roles and perks there. One of each kind.</p>
            <ul class="apps">{LinkProvider.All.Select(provider => Row(context, provider, own.FirstOrDefault(link => link.Provider == provider.Key)))}</ul>
            <p><a href="{Paths.Account}">Your account</a></p>
            """);
    }

    public async Task<IResult> RemoveAsync(HttpContext context)
    {
        var account = await session.FindAccountAsync(context);
        if (await forms.ReadAsync(context) is not { } form || account is null)
            return Forms.Stale;
        var removed = form["provider"] is { } provider && form["subject"] is { } subject &&
            await removeLink.ExecuteAsync(account.Id, provider, subject, context.RequestAborted);
        return Done(removed ? "removed" : "gone");
    }

    public async Task<IResult> MoveAsync(HttpContext context)
    {
        var account = await session.FindAccountAsync(context);
        if (await forms.ReadAsync(context) is not { } form || account is null)
            return Forms.Stale;
        if (form["provider"] is not { } provider || form["subject"] is not { } subject)
            return Done("gone");
        if (form["decision"] != "move")
        {
            await moveLink.RefuseAsync(account.Id, provider, subject, context.RequestAborted);
            return Done("kept");
        }

        if (!Guid.TryParse(form["to"], out var to))
            return Done("gone");
        return await moveLink.AgreeAsync(account.Id, to, provider, subject, context.RequestAborted) switch
        {
            MoveLink.Result.Moved => Done("moved"),
            MoveLink.Result.OtherHasOne => Done("full"),
            _ => Done("gone"),
        };
    }

    /// <summary>Back to this page, which says what came of it: one of the names in <see cref="Notices"/>.</summary>
    public static SeeOther Done(string what) => new($"{Paths.Links}?done={what}");

    /// <summary>Back to this page after an attempt to link, or the reason why not.</summary>
    public static IResult After(MakeLink.Result result, LinkProvider provider) => result switch
    {
        MakeLink.Result.Linked => Done("linked"),
        MakeLink.Result.MoveAsked => Done("asked"),
        MakeLink.Result.HasOther other => new PageResult(
            "Nothing was linked",
            $"""
            <p role="alert">Your account has another {provider.Thing} linked: <bdi>{other.Name}</bdi>. Remove that one first.</p>
            <p><a href="{Paths.Links}">Linked accounts</a></p>
            """,
            StatusCodes.Status409Conflict),
        _ => throw new System.Diagnostics.UnreachableException($"{result.GetType()}"),
    };

    private Html Row(HttpContext context, LinkProvider provider, LinkStore.Link? link) => link is null
        ? ways.To(provider) is { } path
            ? $"""<li><p><strong>{provider.Title}</strong>: not linked. <a href="{path}">Link a {provider.Thing}</a></p></li>"""
            : Html.Empty
        : $"""
          <li>
            <p><strong>{provider.Title}</strong>: <bdi>{link.Name}</bdi>{(link.Name.Equals(link.Subject, StringComparison.OrdinalIgnoreCase) ? Html.Empty : (Html)$" ({link.Subject})")}</p>
            <p class="hint">Linked {LinkFlow.InWords(link.Flow)} on {Day(link.LinkedAt)}{Age(link.LinkedAt)}{(link.GuildId is { } guild ? $", from the Discord server {guild}" : "")}.</p>
            <form method="post" action="{Paths.RemoveLink}">
              {Subject(context, link.Provider, link.Subject)}
              <button class="quiet" aria-label="Remove the {provider.Thing} {link.Name}">Remove</button>
            </form>
          </li>
          """;

    private Html AskedOfUs(HttpContext context, LinkStore.Move move) => $"""
        <section class="link" aria-label="A request to move {LinkProvider.Find(move.Provider)?.Title}">
          <p>The Rally account <strong>{move.ToUserName}</strong> has shown that the {LinkProvider.Find(move.Provider)?.Thing}
          <strong><bdi>{move.Name}</bdi></strong> is theirs, and asks to have it moved there. If that is not you, keep it, and look after your {LinkProvider.Find(move.Provider)?.Thing}:
          somebody else gets into it.</p>
          <form method="post" action="{Paths.MoveLink}">
            {Subject(context, move.Provider, move.Subject)}
            <input type="hidden" name="to" value="{move.ToAccount.ToString()}">
            <div class="choice">
              <button name="decision" value="keep">Keep it here</button>
              <button name="decision" value="move" class="quiet">Move it to {move.ToUserName}</button>
            </div>
          </form>
        </section>
        """;

    private Html AskedByUs(HttpContext context, LinkStore.Move move) => $"""
        <section class="link" aria-label="Your request to move {LinkProvider.Find(move.Provider)?.Title}">
          <p>The {LinkProvider.Find(move.Provider)?.Thing} <strong><bdi>{move.Name}</bdi></strong> is linked to another Rally account.
          To have it here, sign in to that account until {Moment(move.ExpiresAt)} and agree on this page.</p>
          <form method="post" action="{Paths.MoveLink}">
            {Subject(context, move.Provider, move.Subject)}
            <button name="decision" value="keep" class="quiet">Ask no more</button>
          </form>
        </section>
        """;

    private Html Subject(HttpContext context, string provider, string subject) => $"""
        {forms.Token(context)}
        <input type="hidden" name="provider" value="{provider}">
        <input type="hidden" name="subject" value="{subject}">
        """;

    private static string Day(DateTimeOffset at) => at.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

    private static string Moment(DateTimeOffset at) => at.ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private string Age(DateTimeOffset since) => (int)(time.GetUtcNow() - since).TotalDays switch
    {
        < 1 => ", less than a day ago",
        1 => ", a day ago",
        var days => string.Create(CultureInfo.InvariantCulture, $", {days} days ago"),
    };
}
