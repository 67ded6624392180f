using Microsoft.AspNetCore.Http;
using Rally.Auth.Accounts;
using Rally.Auth.Server;
using Rally.Auth.Transfers;

namespace Rally.Auth.Pages;

/// <summary>/account/transfers: what apps would send of somebody's coins, each with a page on which they agree or refuse.</summary>
internal sealed class TransfersPage(
    BrowserSession session, TransferRequests requests, DecideTransfer decide, FindAccount accounts, ITransferLedger ledger, Forms forms, TimeProvider time)
{
    public async Task<IResult> ListAsync(HttpContext context)
    {
        if (await session.FindAccountAsync(context) is not { } account)
            return new SeeOther(ReturnUrl.With(Paths.SignIn, Paths.Transfers));
        var waiting = await requests.WaitingForAsync(account.Id, context.RequestAborted);
        return new PageResult("Transfers that wait for you", waiting.Count == 0
            ? (Html)$"<p>None. What an app asks to send of your coins waits here for an hour.</p><p><a href=\"{Paths.Account}\">Your account</a></p>"
            : (Html)$"""
            <ul class="plain">{waiting.Select(Html (request) => $"""
              <li><a href="{Paths.Transfers}/{request.Id.ToString()}">{request.Amount} {request.Coin}</a> for <strong>{request.AppName}</strong>, until {Show.Time(request.ApproveBy)}</li>
              """)}</ul>
            <p><a href="{Paths.Account}">Your account</a></p>
            """);
    }

    public async Task<IResult> ShowAsync(HttpContext context, string id)
    {
        if (await session.FindAccountAsync(context) is not { } account)
            return new SeeOther(ReturnUrl.With(Paths.SignIn, context.Request.Path));
        return await FindAsync(account, id, context.RequestAborted) is { } request ? await PageAsync(context, account, request, null) : Unknown(account);
    }

    public async Task<IResult> DecideAsync(HttpContext context, string id)
    {
        // The anti-forgery token is bound to who is signed in.
        var account = await session.FindAccountAsync(context);
        if (await forms.ReadAsync(context) is not { } form || account is null)
            return Forms.Stale;
        if (await FindAsync(account, id, context.RequestAborted) is not { } request)
            return Unknown(account);
        var result = form["decision"] == "approve"
            ? await decide.ApproveAsync(request, context.RequestAborted)
            : await decide.RefuseAsync(request, context.RequestAborted);
        return result is DecideTransfer.Result.NotSent notSent
            ? await PageAsync(context, account, request, notSent.Reason)
            : new SeeOther($"{Paths.Transfers}/{request.Id}");
    }

    private async Task<TransferRequests.Request?> FindAsync(Account account, string id, CancellationToken stop) =>
        Guid.TryParse(id, out var known) && await requests.FindAsync(known, stop) is { } request && request.FromAccount == account.Id ? request : null;

    private async Task<IResult> PageAsync(HttpContext context, Account account, TransferRequests.Request request, string? fault)
    {
        var stop = context.RequestAborted;
        var status = request.StatusAt(time.GetUtcNow());
        var receiver = await accounts.ExecuteAsync(request.ToAccount, stop);
        Html facts = $"""
            <dl>
              <dt>Amount</dt><dd><strong>{request.Amount} {request.Coin}</strong></dd>
              <dt>To</dt><dd><strong>{receiver ?? "An account without a name here"}</strong> <code>{request.ToAccount.ToString()}</code></dd>
              <dt>From</dt><dd>{account.UserName}</dd>
              <dt>Fee</dt><dd>None</dd>
              {(request.Note.Length == 0 ? Html.Empty : (Html)$"<dt>Note to the receiver</dt><dd><bdi>{request.Note}</bdi></dd>")}
              {(Shown(request) is { } shown ? (Html)$"<dt>Told to apps that the coin’s creator has approved</dt><dd>{shown}</dd>" : Html.Empty)}
              {await LeftAsync(request, status, stop)}
            </dl>
            """;
        Html back = $"""<p><a href="{Paths.Transfers}">Transfers that wait for you</a></p>""";
        if (status == "pending" && request.State == TransferState.Waiting && !requests.IsOpen(request))
            return new PageResult("Nothing is sent", $"<p role=\"status\">{request.AppName} by {request.Owner} asked for this transfer, and may not use this network any more.</p>{facts}{back}");
        if (status != "pending" || request.State != TransferState.Waiting)
            return new PageResult(Ended(request, status), $"<p role=\"status\">{request.AppName} by {request.Owner} asked for this transfer.</p>{facts}{back}");
        return new PageResult(
            $"Send {request.Amount} {request.Coin}?",
            $"""
            {Forms.Errors(fault is null ? [] : [fault])}
            <p><strong>{request.AppName}</strong> by {request.Owner} asks to send coins of yours. Coins that are sent do not come back.</p>
            {facts}
            <p>This can be decided until {Show.Time(request.ApproveBy)}; after that nothing is sent.</p>
            <form method="post" action="{Paths.Transfers}/{request.Id.ToString()}">
              {forms.Token(context)}
              <div class="choice">
                <button name="decision" value="approve">Send {request.Amount} {request.Coin}</button>
                <button name="decision" value="refuse" class="quiet">Refuse</button>
              </div>
            </form>
            {back}
            """,
            fault is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
    }

    private async Task<Html> LeftAsync(TransferRequests.Request request, string status, CancellationToken stop) =>
        status == "pending" && await ledger.LeftAsync(request.FromAccount, request.ToAccount, request.Coin, stop) is { } left
            ? (Html)$"<dt>You can sell and send now</dt><dd>{left} {request.Coin}</dd>"
            : Html.Empty;

    private static string? Shown(TransferRequests.Request request) => (request.Wish.ShowsUserName, request.Wish.ShowsMemo) switch
    {
        (true, true) => "Your user name, the note and the app's reference",
        (true, false) => "Your user name",
        (false, true) => "The note and the app's reference",
        _ => null,
    };

    private static string Ended(TransferRequests.Request request, string status) => status switch
    {
        "approved" => "Sent",
        "refused" => request.State == TransferState.Failed ? "Not sent" : "You refused",
        "expired" => "Too late",
        _ => "Being sent",
    };

    private static PageResult Unknown(Account account) => new(
        "There is no such transfer",
        $"""<p role="alert">No app asked for this of the account {account.UserName}. If it is for another account of yours, sign in with that one.</p>""",
        StatusCodes.Status404NotFound);
}
